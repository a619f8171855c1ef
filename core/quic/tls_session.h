// One TLS 1.3 handshake of a QUIC connection, as GnuTLS holds it. Internal to this room.
//
// No tickets and no early data, so that every connection is a full handshake with its own exporter
// and pinning always runs. Names, dates and chains are never checked: an end is its certificate's
// fingerprint. GnuTLS verifies the CertificateVerify signature before it asks us about the
// certificate.
#pragma once

#include <gnutls/gnutls.h>
#include <ngtcp2/ngtcp2_crypto.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/quic/tls_identity.h"
#include "core/quic/types.h"

namespace pf::quic {

enum class Role : std::uint8_t { client, server };

class TlsSession {
 public:
  // `reference` stays where it is as long as the session lives, and so does `identity`.
  static Result<std::unique_ptr<TlsSession>> open(Role role, const TlsIdentity& identity,
                                                  const std::vector<std::string>& protocols,
                                                  const std::optional<Fingerprint>& pin,
                                                  ngtcp2_crypto_conn_ref* reference);
  ~TlsSession();
  TlsSession(const TlsSession&) = delete;
  TlsSession& operator=(const TlsSession&) = delete;

  gnutls_session_t handle() const noexcept { return session_; }

  const std::optional<Fingerprint>& peer() const noexcept { return peer_; }
  bool pin_mismatch() const noexcept { return pin_mismatch_; }
  std::string protocol() const;  // empty: none was agreed on

  // Keying material bound to this connection (RFC 5705, RFC 8446 section 7.5). False before the
  // handshake is complete.
  bool export_key(std::string_view label, Bytes context, MutableBytes into) const noexcept;

 private:
  TlsSession(Role role, std::optional<Fingerprint> pin) noexcept : role_(role), pin_(pin) {}
  static int verify(gnutls_session_t session);
  int judge_peer() noexcept;

  Role role_;
  std::optional<Fingerprint> pin_;
  gnutls_session_t session_ = nullptr;
  std::optional<Fingerprint> peer_;
  bool pin_mismatch_ = false;
};

}  // namespace pf::quic
