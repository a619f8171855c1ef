// What the files of this room that use OpenSSL's certificates share. Private to the room.
#pragma once

#include <string_view>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/crypto/identity.h"
#include "core/crypto/openssl_handles.h"

namespace pf::crypto::x509 {

using openssl::Bio;
using openssl::Certificate;
using openssl::FreeWith;
using openssl::Key;

// With OpenSSL's own reason, of which its queue is emptied.
Failure failure(ErrorKind kind, const char* what);

// `malformed` when the text is none, or larger than any identity.
Result<Certificate> parse_certificate(std::string_view pem);
Result<Key> parse_key(std::string_view pem);

// A certificate of `key`, signed with it and SHA-256, valid from 2020 to 2040.
Result<Identity> self_signed(EVP_PKEY* key, const IdentityNames& names);

Result<Identity> to_identity(X509* certificate, EVP_PKEY* key);

}  // namespace pf::crypto::x509
