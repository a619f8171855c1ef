// RSA identities, as GameStream has them: a self-signed certificate whose key also signs what
// pairing asks for (docs/protocol/gamestream.md sections 2.1 and 4). The native protocol's are in
// identity.h.
//
// Certificates of Moonlight clients have serial number 0, no extensions and dates that nobody
// checks: only what is asked for here is looked at.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/identity.h"

namespace pf::crypto {

// A new RSA-2048 key and its certificate, valid from 2020 to 2040, signed with SHA-256. Takes a
// tenth of a second or more.
Result<Identity> make_rsa_identity(std::string_view common_name);

// The DER bytes of the first certificate of a PEM text; `malformed` when there is none, or when its
// key is not an RSA key of 1024 to 8192 bits.
Result<std::vector<std::byte>> parse_rsa_certificate(std::string_view pem);

// The content of the certificate's signatureValue (RFC 5280 section 4.1.1.3).
Result<std::vector<std::byte>> certificate_signature(Bytes certificate_der);

// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 section 8.2).
Result<std::vector<std::byte>> sign_rsa_sha256(const Identity& identity, Bytes message);
bool verify_rsa_sha256(Bytes certificate_der, Bytes message, Bytes signature);

}  // namespace pf::crypto
