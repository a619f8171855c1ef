#include "core/crypto/aead.h"

#include <openssl/evp.h>

#include "core/base/check.h"

namespace pf::crypto {
namespace {

const EVP_CIPHER* evp_cipher(Cipher cipher) noexcept {
  return cipher == Cipher::aes128_gcm ? EVP_aes_128_gcm() : EVP_chacha20_poly1305();
}
const unsigned char* in(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(MutableBytes bytes) noexcept {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

}  // namespace

void Aead::Free::operator()(evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}

Aead::Aead(Cipher cipher, std::span<const std::byte> key, Use use)
    : context_(EVP_CIPHER_CTX_new()) {
  PF_CHECK(context_ != nullptr);
  const int encrypt = use == Use::seal ? 1 : 0;
  PF_CHECK(EVP_CipherInit_ex(context_.get(), evp_cipher(cipher), nullptr, in(key), nullptr,
                             encrypt) == 1);
}

void Aead::seal(const Nonce& nonce, Bytes aad, MutableBytes text,
                std::span<std::byte, kTagBytes> tag) noexcept {
  EVP_CIPHER_CTX* const context = context_.get();
  int written = 0;
  bool done = EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, in(nonce)) == 1;
  done = done &&
         EVP_EncryptUpdate(context, nullptr, &written, in(aad), static_cast<int>(aad.size())) == 1;
  done = done && EVP_EncryptUpdate(context, out(text), &written, in(text),
                                   static_cast<int>(text.size())) == 1;
  done = done && EVP_EncryptFinal_ex(context, out(tag), &written) ==
                     1;  // writes nothing: both are stream modes
  done = done && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) == 1;
  PF_CHECK(done);  // a packet must never leave unsealed
}

bool Aead::open(const Nonce& nonce, Bytes aad, MutableBytes text,
                std::span<const std::byte, kTagBytes> tag) noexcept {
  EVP_CIPHER_CTX* const context = context_.get();
  int written = 0;
  if (EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, in(nonce)) != 1) return false;
  if (EVP_DecryptUpdate(context, nullptr, &written, in(aad), static_cast<int>(aad.size())) != 1)
    return false;
  if (EVP_DecryptUpdate(context, out(text), &written, in(text), static_cast<int>(text.size())) != 1)
    return false;
  auto* const expected = const_cast<std::byte*>(tag.data());  // OpenSSL only reads it
  if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, expected) != 1) return false;
  unsigned char none[kTagBytes];
  return EVP_DecryptFinal_ex(context, none, &written) == 1;
}

}  // namespace pf::crypto
