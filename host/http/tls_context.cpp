#include "host/http/tls_context.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <algorithm>

#include "core/crypto/openssl_handles.h"

namespace pf::http {
namespace {

// A certificate of ours has 400 to 1200 bytes; a chain of strangers' is nothing to us.
constexpr long kMaxClientCertificateBytes = 32 * 1024;

using crypto::openssl::Bio;
using crypto::openssl::Certificate;
using crypto::openssl::Key;

// With OpenSSL's own reason, of which its queue is emptied.
Failure failure(const char* what) {
  const char* reason = ERR_reason_error_string(ERR_peek_error());
  ERR_clear_error();
  return fail(ErrorKind::malformed, "{}: {}", what, reason == nullptr ? "no reason given" : reason);
}

// Takes the place of all of OpenSSL's own checks: dates, purposes, who signed. Clients show
// certificates that they made themselves; whether we know one is said in HTTP.
int accept_any(X509_STORE_CTX* store, void*) {
  X509_STORE_CTX_set_error(store, X509_V_OK);
  return 1;
}

bool offer(SSL_CTX* context, bool old_clients) {
  // Security level 2 refuses what is weaker than 112 bits, in client certificates and their
  // signatures too (SSL_CTX_set_security_level(3)).
  SSL_CTX_set_security_level(context, old_clients ? 0 : 2);
  // Old client programs on small devices know no AEAD, but they know ephemeral keys.
  const char* const ciphers = old_clients ? "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!aNULL:!eNULL"
                                          : "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!eNULL";
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 &&
         SSL_CTX_set_cipher_list(context, ciphers) == 1;
}

bool show(SSL_CTX* context, const crypto::Identity& identity) {
  const Certificate certificate(PEM_read_bio_X509(
      crypto::openssl::reader_of(identity.certificate_pem).get(), nullptr, nullptr, nullptr));
  const Key key(PEM_read_bio_PrivateKey(crypto::openssl::reader_of(identity.key_pem.reveal()).get(),
                                        nullptr, nullptr, nullptr));
  return certificate != nullptr && key != nullptr &&
         SSL_CTX_use_certificate(context, certificate.get()) == 1 &&
         SSL_CTX_use_PrivateKey(context, key.get()) == 1 && SSL_CTX_check_private_key(context) == 1;
}

}  // namespace

Result<TlsContext> make_tls_context(const Tls& tls) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  if (context == nullptr) return failure("OpenSSL cannot make a TLS context");
  if (!offer(context.get(), tls.old_clients)) return failure("OpenSSL offers none of our ciphers");
  if (!show(context.get(), tls.identity))
    return failure("the certificate or the key of this host's identity is not usable for TLS");
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_TICKET);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), accept_any, nullptr);
  SSL_CTX_set_max_cert_list(context.get(), kMaxClientCertificateBytes);
  // A resumed session would carry its certificate along, for longer than a device may be paired.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context.get(), 0);
  // Idle connections give their record buffers back.
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  return context;
}

std::vector<std::byte> peer_certificate(const SSL* tls) {
  const Certificate certificate(SSL_get1_peer_certificate(tls));
  if (certificate == nullptr) return {};
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  if (size <= 0) return {};
  const auto* bytes = reinterpret_cast<const std::byte*>(der);
  std::vector<std::byte> result(bytes, bytes + size);
  OPENSSL_free(der);
  return result;
}

}  // namespace pf::http
