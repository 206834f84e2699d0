#include "tests/http/certificates.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace saga::http::test {
namespace {

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

Identity::Identity(const Claims& claims, const Identity* issuer)
    : key_(EVP_EC_gen("P-256")), certificate_(X509_new()) {
  static long serial = 1;
  X509* made = certificate_.get();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), serial++);
  X509_gmtime_adj(X509_getm_notBefore(made), claims.valid_from);
  X509_gmtime_adj(X509_getm_notAfter(made), claims.valid_to);
  X509_set_pubkey(made, key_.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(claims.subject.c_str()), -1, -1,
                             0);
  const X509* by = issuer != nullptr ? issuer->certificate_.get() : made;
  X509_set_issuer_name(made, X509_get_subject_name(by));
  if (claims.is_authority) add_extension(made, NID_basic_constraints, "critical,CA:TRUE");
  if (!claims.names.empty()) add_extension(made, NID_subject_alt_name, claims.names);
  X509_sign(made, issuer != nullptr ? issuer->key_.get() : key_.get(), EVP_sha256());
}

std::string Identity::pem() const {
  BIO* memory = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(memory, certificate_.get());
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory, &text);
  std::string out(text, static_cast<std::size_t>(size));
  BIO_free(memory);
  return out;
}

Context Identity::server(int version) const {
  Context context(SSL_CTX_new(TLS_server_method()));
  SSL_CTX_set_max_proto_version(context.get(), version);
  SSL_CTX_set_min_proto_version(context.get(), version);
  SSL_CTX_set_security_level(context.get(), 0);  // lets it offer what must be refused
  SSL_CTX_use_certificate(context.get(), certificate_.get());
  SSL_CTX_use_PrivateKey(context.get(), key_.get());
  return context;
}

TextFile::TextFile(const std::string& text) {
  path_ = (std::filesystem::temp_directory_path() / "saga-test-XXXXXX").string();
  ::close(::mkstemp(path_.data()));
  std::ofstream(path_) << text;
}

TextFile::~TextFile() { std::filesystem::remove(path_); }

}  // namespace saga::http::test
