#include "gateway/http/tls.hpp"

namespace mf::gateway::http {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

TlsFiles::TlsFiles(std::string certificate, std::string key)
    : certificate_(std::move(certificate)), key_(std::move(key)) {}

std::pair<TlsFiles::FileTime, TlsFiles::FileTime> TlsFiles::times() const {
  std::error_code ignored;
  return {std::filesystem::last_write_time(certificate_, ignored),
          std::filesystem::last_write_time(key_, ignored)};
}

Status TlsFiles::load() {
  const auto seen = times();
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                           ssl::context::no_sslv3 | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION,
                       error);
  // TLS 1.2: forward secrecy and authenticated encryption only. What 1.3 has is all of that kind.
  if (!error &&
      SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20") != 1)
    return fail(ErrorCode::internal, "this OpenSSL has no modern ciphers");
  if (!error) context->use_certificate_chain_file(certificate_, error);
  if (error) return fail(ErrorCode::io, "certificate " + certificate_ + ": " + error.message());
  context->use_private_key_file(key_, ssl::context::pem, error);
  if (error) return fail(ErrorCode::io, "key " + key_ + ": " + error.message());
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return fail(ErrorCode::invalid_argument, key_ + " is not the key of " + certificate_);
  loaded_ = seen;
  context_.store(std::move(context));
  return {};
}

Result<bool> TlsFiles::load_if_changed() {
  if (times() == loaded_) return false;
  if (auto loaded = load(); !loaded) return std::unexpected(std::move(loaded.error()));
  return true;
}

}  // namespace mf::gateway::http
