#include "core/quic/tls_session.h"

#include <gnutls/crypto.h>
#include <ngtcp2/ngtcp2_crypto_gnutls.h>

#include <cstring>

namespace pf::quic {
namespace {

constexpr std::string_view kServerName = "punktfunk";

// TLS 1.3 only. X25519 first: it is the fastest that every peer has; GnuTLS 3.7 knows no hybrid
// groups.
constexpr const char* kPriorities =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+AES-128-GCM:+AES-256-GCM:+CHACHA20-POLY1305:"
    "-GROUP-ALL:+GROUP-X25519:+GROUP-SECP256R1:+GROUP-SECP384R1:%DISABLE_TLS13_COMPAT_MODE";

Failure tls_failure(const char* what, int code) {
  return fail(ErrorKind::internal, "TLS cannot be set up ({}): {}", what, gnutls_strerror(code));
}

}  // namespace

Result<std::unique_ptr<TlsSession>> TlsSession::open(Role role, const TlsIdentity& identity,
                                                     const std::vector<std::string>& protocols,
                                                     const std::optional<Fingerprint>& pin,
                                                     ngtcp2_crypto_conn_ref* reference) {
  std::unique_ptr<TlsSession> self(new TlsSession(role, pin));
  const unsigned side = role == Role::server ? unsigned{GNUTLS_SERVER} : unsigned{GNUTLS_CLIENT};
  if (int code =
          gnutls_init(&self->session_, side | GNUTLS_NO_AUTO_SEND_TICKET | GNUTLS_NO_TICKETS);
      code != GNUTLS_E_SUCCESS) {
    return tls_failure("session", code);
  }
  gnutls_session_t session = self->session_;
  if (int code = gnutls_priority_set_direct(session, kPriorities, nullptr);
      code != GNUTLS_E_SUCCESS) {
    return tls_failure("priorities", code);
  }
  if (int code = gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, identity.credentials());
      code != GNUTLS_E_SUCCESS) {
    return tls_failure("credentials", code);
  }
  const int configured = role == Role::server
                             ? ngtcp2_crypto_gnutls_configure_server_session(session)
                             : ngtcp2_crypto_gnutls_configure_client_session(session);
  if (configured != 0) return fail(ErrorKind::internal, "TLS cannot be bound to QUIC");

  std::vector<gnutls_datum_t> names;
  names.reserve(protocols.size());
  for (const std::string& protocol : protocols) {
    names.push_back({reinterpret_cast<unsigned char*>(const_cast<char*>(protocol.data())),
                     static_cast<unsigned>(protocol.size())});
  }
  unsigned alpn_flags = GNUTLS_ALPN_MANDATORY;
  if (role == Role::server) alpn_flags |= GNUTLS_ALPN_SERVER_PRECEDENCE;
  if (int code = gnutls_alpn_set_protocols(session, names.data(),
                                           static_cast<unsigned>(names.size()), alpn_flags);
      code != GNUTLS_E_SUCCESS) {
    return tls_failure("application protocols", code);
  }
  if (role == Role::server) {
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUEST);
  } else if (int code = gnutls_server_name_set(session, GNUTLS_NAME_DNS, kServerName.data(),
                                               kServerName.size());
             code != GNUTLS_E_SUCCESS) {
    return tls_failure("server name", code);
  }
  gnutls_session_set_verify_function(session, verify);
  // ngtcp2 finds its connection through the session's pointer; our own object hangs on the database
  // pointer, which nothing else uses while resumption is off.
  gnutls_session_set_ptr(session, reference);
  gnutls_db_set_ptr(session, self.get());
  return self;
}

TlsSession::~TlsSession() {
  if (session_ != nullptr) gnutls_deinit(session_);
}

int TlsSession::verify(gnutls_session_t session) {
  return static_cast<TlsSession*>(gnutls_db_get_ptr(session))->judge_peer();
}

// 0 lets the handshake go on.
int TlsSession::judge_peer() noexcept {
  unsigned count = 0;
  const gnutls_datum_t* chain = gnutls_certificate_get_peers(session_, &count);
  if (chain == nullptr || count == 0) return role_ == Role::server ? 0 : -1;
  Fingerprint fingerprint;
  if (gnutls_hash_fast(GNUTLS_DIG_SHA256, chain[0].data, chain[0].size, fingerprint.data()) != 0) {
    return -1;
  }
  peer_ = fingerprint;
  pin_mismatch_ = pin_ && *pin_ != fingerprint;
  return pin_mismatch_ ? -1 : 0;
}

std::string TlsSession::protocol() const {
  gnutls_datum_t chosen{};
  if (gnutls_alpn_get_selected_protocol(session_, &chosen) != GNUTLS_E_SUCCESS) return {};
  return {reinterpret_cast<const char*>(chosen.data), chosen.size};
}

bool TlsSession::export_key(std::string_view label, Bytes context,
                            MutableBytes into) const noexcept {
  return gnutls_prf_rfc5705(session_, label.size(), label.data(), context.size(),
                            reinterpret_cast<const char*>(context.data()), into.size(),
                            reinterpret_cast<char*>(into.data())) == GNUTLS_E_SUCCESS;
}

}  // namespace pf::quic
