#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/gateway/http_world.hpp"

namespace mf::test {
namespace {

using namespace std::chrono_literals;

struct Free {
  void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
  void operator()(X509* p) const { X509_free(p); }
  void operator()(SSL* p) const { SSL_free(p); }
  void operator()(SSL_CTX* p) const { SSL_CTX_free(p); }
  void operator()(BIO* p) const { BIO_free_all(p); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

/// A directory that goes with the test.
struct Directory {
  Directory() {
    char name[] = "/tmp/microflow-tls-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~Directory() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

/// Writes a self-signed certificate for this name and its key.
void write_certificate(const std::filesystem::path& directory, const std::string& name) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  auto* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const Owned<BIO> crt(BIO_new_file((directory / "crt.pem").c_str(), "w"));
  PEM_write_bio_X509(crt.get(), certificate.get());
  const Owned<BIO> pem(BIO_new_file((directory / "key.pem").c_str(), "w"));
  PEM_write_bio_PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

struct TlsReply {
  std::string name;  ///< of the certificate; empty: no handshake
  std::string head;
};

TlsReply ask_tls(const std::string& address, int version_max = TLS1_3_VERSION) {
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_security_level(context.get(), 0);
  SSL_CTX_set_max_proto_version(context.get(), version_max);
  const Owned<BIO> bio(BIO_new_ssl_connect(context.get()));
  BIO_set_conn_hostname(bio.get(), address.c_str());
  TlsReply reply;
  if (BIO_do_connect(bio.get()) != 1 || BIO_do_handshake(bio.get()) != 1) return reply;
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  const Owned<X509> certificate(SSL_get1_peer_certificate(ssl));
  char name[64] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                            sizeof name);
  reply.name = name;
  const auto bytes = to_bytes({"GET", "/v1/openapi.json", "", "", {"Connection: close"}});
  BIO_write(bio.get(), bytes.data(), static_cast<int>(bytes.size()));
  char buffer[512];
  const int size = BIO_read(bio.get(), buffer, sizeof buffer);
  reply.head.assign(buffer, static_cast<std::size_t>(std::max(size, 0)));
  return reply;
}

TEST_CASE("tls: the same site behind a certificate, which is read again when told to") {
  Directory directory;
  write_certificate(directory.path, "first");
  auto options = quiet_options();
  options.tls_certificate = directory.path / "crt.pem";
  options.tls_key = directory.path / "key.pem";
  World world(options);
  const auto reply = ask_tls(world.bound.http);
  CHECK(reply.name == "first");
  CHECK(reply.head.starts_with("HTTP/1.1 200 OK"));
  CHECK(ask_tls(world.bound.http, TLS1_1_VERSION).name.empty());

  write_certificate(directory.path, "second");
  world.gateway.reload_tls();
  const auto deadline = std::chrono::steady_clock::now() + 5s;
  while (ask_tls(world.bound.http).name != "second" && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(5ms);
  CHECK(ask_tls(world.bound.http).name == "second");

  // A broken file changes nothing.
  std::filesystem::resize_file(directory.path / "key.pem", 10);
  world.gateway.reload_tls();
  CHECK(ask_tls(world.bound.http).name == "second");
  CHECK(exchange(world.bound.http, {"GET", "/v1/openapi.json", "", "", {}}).status == 0);
}

TEST_CASE("tls: a certificate that cannot be read stops the start with a clear message") {
  auto options = quiet_options();
  options.tls_certificate = "/nonexistent/crt.pem";
  options.tls_key = "/nonexistent/key.pem";
  FakeRuntime runtime;
  gateway::Gateway gateway(options, runtime);
  const auto started = gateway.start();
  REQUIRE_FALSE(started);
  CHECK(started.error().message.find("/nonexistent/crt.pem") != std::string::npos);
}

}  // namespace
}  // namespace mf::test
