#include "core/crypto/aead.h"

#include <array>

#include "core/base/check.h"

namespace pf::crypto {

#if defined(PF_IPSEC_MB)
std::unique_ptr<Aead> make_ipsec_mb_aead(Cipher cipher, Bytes key, Aead::Use use);
#endif
std::unique_ptr<Aead> make_openssl_aead(Cipher cipher, Bytes key, Aead::Use use);

namespace {

constexpr std::array kEngines {
#if defined(PF_IPSEC_MB)
  AeadEngine{"ipsec-mb", make_ipsec_mb_aead},
#endif
      AeadEngine{"openssl", make_openssl_aead},
};

}  // namespace

AeadEngines aead_engines() noexcept { return kEngines; }

std::unique_ptr<Aead> make_aead(AeadEngines engines, Cipher cipher, Bytes key, Aead::Use use) {
  std::unique_ptr<Aead> aead;
  for (const AeadEngine& engine : engines) {
    if ((aead = engine.make(cipher, key, use))) break;
  }
  PF_CHECK(aead != nullptr);
  return aead;
}

}  // namespace pf::crypto
