#include "engine/journal/hash.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <cstring>

#include "engine/base/assert.hpp"

namespace saga::journal {
namespace {

constexpr std::size_t kSlices = 8;
using Tables = std::array<std::array<std::uint32_t, 256>, kSlices>;

// Slicing by eight. Source: Kounavis and Berry, "A systematic approach to building high performance
// software-based CRC generators", 2005.
constexpr Tables make_tables() {
  Tables tables{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78u : 0u);
    tables[0][byte] = crc;
  }
  for (std::size_t byte = 0; byte < 256; ++byte) {
    for (std::size_t slice = 1; slice < kSlices; ++slice) {
      const std::uint32_t before = tables[slice - 1][byte];
      tables[slice][byte] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

}  // namespace

struct Sha256::Context {
  Context() : digest(EVP_MD_fetch(nullptr, "SHA256", nullptr)), state(EVP_MD_CTX_new()) {
    SAGA_ASSERT(digest != nullptr && state != nullptr);
  }
  ~Context() {
    EVP_MD_CTX_free(state);
    EVP_MD_free(digest);
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  EVP_MD* digest;
  EVP_MD_CTX* state;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Digest Sha256::of(std::initializer_list<std::string_view> parts) {
  Digest digest;
  bool good = EVP_DigestInit_ex2(context_->state, context_->digest, nullptr) == 1;
  for (const std::string_view part : parts) {
    good = good && EVP_DigestUpdate(context_->state, part.data(), part.size()) == 1;
  }
  unsigned int size = 0;
  good = good && EVP_DigestFinal_ex(context_->state, digest.data(), &size) == 1;
  SAGA_ASSERT(good && size == digest.size());
  return digest;
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    hex += kDigits[byte_at(bytes, at) >> 4];
    hex += kDigits[byte_at(bytes, at) & 15];
  }
  return hex;
}

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string sha256_hex(std::string_view bytes) { return to_hex(bytes_of(Sha256().of({bytes}))); }

std::string random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  const int drawn =
      RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(size));
  SAGA_ASSERT(drawn == 1);
  return bytes;
}

namespace {

std::uint32_t crc32c_by_tables(std::uint32_t crc, std::string_view bytes) {
  std::size_t at = 0;
  for (; at + kSlices <= bytes.size(); at += kSlices) {
    crc ^= byte_at(bytes, at) | byte_at(bytes, at + 1) << 8 | byte_at(bytes, at + 2) << 16 |
           byte_at(bytes, at + 3) << 24;
    crc = kTables[7][crc & 0xFF] ^ kTables[6][(crc >> 8) & 0xFF] ^ kTables[5][(crc >> 16) & 0xFF] ^
          kTables[4][crc >> 24] ^ kTables[3][byte_at(bytes, at + 4)] ^
          kTables[2][byte_at(bytes, at + 5)] ^ kTables[1][byte_at(bytes, at + 6)] ^
          kTables[0][byte_at(bytes, at + 7)];
  }
  for (; at < bytes.size(); ++at) crc = (crc >> 8) ^ kTables[0][(crc ^ byte_at(bytes, at)) & 0xFF];
  return crc;
}

#if defined(__x86_64__)
// The processor's own instruction for this polynomial.
__attribute__((target("sse4.2"))) std::uint32_t crc32c_by_processor(std::uint32_t crc,
                                                                    std::string_view bytes) {
  std::uint64_t wide = crc;
  std::size_t at = 0;
  for (; at + kSlices <= bytes.size(); at += kSlices) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, kSlices);
    wide = __builtin_ia32_crc32di(wide, word);
  }
  crc = static_cast<std::uint32_t>(wide);
  for (; at < bytes.size(); ++at) {
    crc = __builtin_ia32_crc32qi(crc, static_cast<unsigned char>(bytes[at]));
  }
  return crc;
}
#endif

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("sse4.2")) return ~crc32c_by_processor(~0u, bytes);
#endif
  return ~crc32c_by_tables(~0u, bytes);
}

}  // namespace saga::journal
