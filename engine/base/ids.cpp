#include "engine/base/ids.hpp"

namespace saga::base {
namespace {

__extension__ using Wide = unsigned __int128;

std::string format_uuid(const std::array<std::uint8_t, 16>& bytes) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  out.reserve(36);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += kHex[bytes[i] >> 4];
    out += kHex[bytes[i] & 15];
  }
  return out;
}

void set_version(std::array<std::uint8_t, 16>& bytes, std::uint8_t version) {
  bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0f) | (version << 4));
  bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3f) | 0x80);
}

}  // namespace

std::string make_uuid_v7(TimePoint now, const std::array<std::uint8_t, 10>& random) {
  std::array<std::uint8_t, 16> bytes;
  auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  for (std::size_t i = 6; i > 0; --i, milliseconds >>= 8) {
    bytes[i - 1] = static_cast<std::uint8_t>(milliseconds & 0xff);
  }
  for (std::size_t i = 0; i < random.size(); ++i) bytes[6 + i] = random[i];
  set_version(bytes, 7);
  return format_uuid(bytes);
}

std::string derive_uuid(std::string_view parent, std::string_view path) {
  // FNV-1a with 128 bits: offset basis and prime of the reference.
  Wide hash = (Wide{0x6c62272e07bb0142} << 64) | 0x62b821756295c58d;
  const Wide prime = (Wide{1} << 88) | 0x13b;
  const auto mix = [&](std::uint8_t byte) { hash = (hash ^ byte) * prime; };
  for (const char c : parent) mix(static_cast<std::uint8_t>(c));
  mix(0);
  for (const char c : path) mix(static_cast<std::uint8_t>(c));
  std::array<std::uint8_t, 16> bytes;
  for (std::size_t i = 16; i > 0; --i, hash >>= 8) bytes[i - 1] = static_cast<std::uint8_t>(hash);
  set_version(bytes, 8);
  return format_uuid(bytes);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    if (dash ? c != '-' : !hex) return false;
  }
  return true;
}

std::uint64_t hash64(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3;
  return hash;
}

std::uint64_t SeededRandom::next() {
  std::uint64_t mixed = (state_ += 0x9e3779b97f4a7c15);
  mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
  return mixed ^ (mixed >> 31);
}

std::int64_t SeededRandom::between(std::int64_t low, std::int64_t high) {
  const std::uint64_t span = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low);
  if (span == UINT64_MAX) return static_cast<std::int64_t>(next());
  const std::uint64_t range = span + 1;
  const std::uint64_t unbiased = UINT64_MAX - UINT64_MAX % range;
  std::uint64_t drawn = next();
  while (drawn >= unbiased) drawn = next();
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + drawn % range);
}

}  // namespace saga::base
