// Who an end is: a self-signed certificate and its key (docs/protocol/punktfunk1.md section 2).
// Peers know each other by the SHA-256 of the certificate's DER bytes; names and dates are never
// checked.
//
// Nothing here reads or writes files: whoever keeps an identity on disk gives the key file mode
// 0600. Making one draws from OpenSSL's generator, since an ECDSA signature needs more than a few
// bytes of its own.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/crypto/sha256.h"

namespace pf::crypto {

// Text with a private key in it: wiped when it goes, not printable.
class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string text) noexcept : text_(std::move(text)) {}
  SecretText(const SecretText&) = default;
  SecretText(SecretText&& other) noexcept { text_.swap(other.text_); }
  SecretText& operator=(SecretText other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  ~SecretText();

  std::string_view reveal() const noexcept { return text_; }

 private:
  std::string text_;
};

struct Identity {
  std::vector<std::byte> certificate_der;
  std::string certificate_pem;
  SecretText key_pem;  // PKCS#8
};

struct IdentityNames {
  std::string common_name;
  std::vector<std::string> dns_names;     // what is not a host name is left out
  std::vector<std::string> ip_addresses;  // numeric, either family
};

// What a host on this machine, or a client, calls itself. `host_name` may be empty.
IdentityNames host_names(std::string_view host_name);
IdentityNames client_names();

// A new ECDSA P-256 key and its certificate, valid from 2020 to 2040, signed with SHA-256.
Result<Identity> make_identity(const IdentityNames& names);

// From the two PEM texts; `malformed` when one does not parse or the key is not the certificate's.
// RSA keys of old installations are fine.
Result<Identity> parse_identity(std::string_view certificate_pem, std::string_view key_pem);

// When a certificate is to be used, as it says itself. Peers of ours do not look; browsers do.
struct Validity {
  WireTime from;
  WireTime until;
};
// `malformed`: not a certificate, or without dates.
Result<Validity> validity(Bytes certificate_der);

using Fingerprint = Sha256;

inline Fingerprint fingerprint(Bytes certificate_der) noexcept { return sha256(certificate_der); }

// From 64 hexadecimal digits, either case. Empty: something else. The way back is to_hex().
std::optional<Fingerprint> parse_fingerprint(std::string_view text);

}  // namespace pf::crypto
