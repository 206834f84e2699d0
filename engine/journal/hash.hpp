#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace saga::journal {

using Digest = std::array<std::uint8_t, 32>;

// SHA-256 (OpenSSL) with a context that is used again for each digest. One thread at a time.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  // The digest of the parts, one after the other.
  Digest of(std::initializer_list<std::string_view> parts);

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

// 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);
std::string to_hex(std::string_view bytes);
std::string_view bytes_of(const Digest& digest);

// From OpenSSL's generator, good for secrets.
std::string random_bytes(std::size_t size);

// CRC-32C (Castagnoli, reflected, initial and final xor 0xFFFFFFFF): "123456789" gives 0xE3069283.
std::uint32_t crc32c(std::string_view bytes);

}  // namespace saga::journal
