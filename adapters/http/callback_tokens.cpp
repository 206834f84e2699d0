#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>

#include "adapters/http/callback_listener.hpp"
#include "engine/base/ids.hpp"

namespace saga::http {
namespace {

constexpr std::size_t kMacBytes = 16;

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += {kHex[bytes[i] >> 4], kHex[bytes[i] & 15]};
  return out;
}

std::string mac_of(const std::string& secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  return hex(digest.data(), kMacBytes);
}

bool read_number(std::string_view text, std::uint32_t& out) {
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && stop == text.data() + text.size();
}

}  // namespace

std::string CallbackTokens::make(std::string_view saga_id, const core::CallEffect& call) const {
  std::string text(saga_id);
  text += "." + std::to_string(call.frame) + "." + std::to_string(static_cast<int>(call.phase)) +
          "." + std::to_string(call.attempt);
  return text + "." + mac_of(secret_, text);
}

base::Result<CallbackTokens::Parsed> CallbackTokens::parse(std::string_view token) const {
  const auto bad = [] {
    return base::fail(base::ErrorCode::kNotFound, "no call waits under this token");
  };
  std::array<std::string_view, 5> parts;
  std::string_view rest = token;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t dot = i + 1 < parts.size() ? rest.find('.') : rest.size();
    if (dot == std::string_view::npos) return bad();
    parts[i] = rest.substr(0, dot);
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  const std::string_view text = token.substr(0, token.size() - parts[4].size() - 1);
  const std::string mac = mac_of(secret_, text);
  if (parts[4].size() != mac.size() || CRYPTO_memcmp(parts[4].data(), mac.data(), mac.size()) != 0)
    return bad();
  Parsed parsed;
  std::uint32_t phase = 0;
  parsed.saga_id = parts[0];
  const bool sound = base::is_uuid(parts[0]) && read_number(parts[1], parsed.frame) &&
                     read_number(parts[2], phase) && phase <= 2 &&
                     read_number(parts[3], parsed.attempt);
  if (!sound) return bad();
  parsed.phase = static_cast<core::Phase>(phase);
  return parsed;
}

}  // namespace saga::http
