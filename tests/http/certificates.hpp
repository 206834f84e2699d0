#pragma once

#include <openssl/ssl.h>

#include <filesystem>
#include <memory>
#include <string>

namespace saga::http::test {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};
struct FreeContext {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Certificate = std::unique_ptr<X509, FreeCertificate>;
using Context = std::unique_ptr<SSL_CTX, FreeContext>;

// What a certificate says; made anew in each run, so that no file of the project grows old.
struct Claims {
  std::string subject = "test";
  std::string names = "IP:127.0.0.1,DNS:localhost";  // subjectAltName; empty = none
  long valid_from = -3'600;                          // seconds from now
  long valid_to = 3'600;
  bool is_authority = false;
};

// A key with its certificate, signed by another or by itself.
class Identity {
 public:
  explicit Identity(const Claims& claims, const Identity* issuer = nullptr);
  [[nodiscard]] std::string pem() const;
  // A server's side with this identity, of at most this version of TLS.
  [[nodiscard]] Context server(int version = TLS1_3_VERSION) const;

 private:
  Key key_;
  Certificate certificate_;
};

// A file with this text, removed with the object.
class TextFile {
 public:
  explicit TextFile(const std::string& text);
  ~TextFile();
  TextFile(const TextFile&) = delete;
  TextFile& operator=(const TextFile&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace saga::http::test
