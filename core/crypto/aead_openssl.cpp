// Every cipher on every machine, by OpenSSL's EVP interface.
#include <openssl/evp.h>

#include "core/base/check.h"
#include "core/crypto/aead.h"

namespace pf::crypto {
namespace {

const EVP_CIPHER* evp_cipher(Cipher cipher) noexcept {
  return cipher == Cipher::aes128_gcm ? EVP_aes_128_gcm() : EVP_chacha20_poly1305();
}
const unsigned char* in(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(std::byte* bytes) noexcept { return reinterpret_cast<unsigned char*>(bytes); }

class OpensslAead final : public Aead {
 public:
  OpensslAead(Cipher cipher, Bytes key, Use use) : context_(EVP_CIPHER_CTX_new()) {
    PF_CHECK(context_ != nullptr);
    const int encrypt = use == Use::seal ? 1 : 0;
    PF_CHECK(EVP_CipherInit_ex(context_.get(), evp_cipher(cipher), nullptr, in(key), nullptr,
                               encrypt) == 1);
  }

  void seal(const Nonce& nonce, Bytes aad, Bytes text, std::byte* into,
            std::span<std::byte, kTagBytes> tag) noexcept override {
    EVP_CIPHER_CTX* const context = context_.get();
    int written = 0;
    bool done = EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, in(nonce)) == 1;
    done = done && EVP_EncryptUpdate(context, nullptr, &written, in(aad),
                                     static_cast<int>(aad.size())) == 1;
    done = done && EVP_EncryptUpdate(context, out(into), &written, in(text),
                                     static_cast<int>(text.size())) == 1;
    // Writes nothing: both are stream modes.
    done = done && EVP_EncryptFinal_ex(context, out(tag.data()), &written) == 1;
    done = done && EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) == 1;
    PF_CHECK(done);  // a packet must never leave unsealed
  }

  bool open(const Nonce& nonce, Bytes aad, MutableBytes text,
            std::span<const std::byte, kTagBytes> tag) noexcept override {
    EVP_CIPHER_CTX* const context = context_.get();
    int written = 0;
    if (EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, in(nonce)) != 1) return false;
    if (EVP_DecryptUpdate(context, nullptr, &written, in(aad), static_cast<int>(aad.size())) != 1)
      return false;
    if (EVP_DecryptUpdate(context, out(text.data()), &written, in(text),
                          static_cast<int>(text.size())) != 1)
      return false;
    auto* const expected = const_cast<std::byte*>(tag.data());  // OpenSSL only reads it
    if (EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kTagBytes, expected) != 1) return false;
    unsigned char none[kTagBytes];
    return EVP_DecryptFinal_ex(context, none, &written) == 1;
  }

 private:
  struct Free {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
  };
  std::unique_ptr<EVP_CIPHER_CTX, Free> context_;  // OpenSSL wipes the key schedule when it goes
};

}  // namespace

std::unique_ptr<Aead> make_openssl_aead(Cipher cipher, Bytes key, Aead::Use use) {
  return std::make_unique<OpensslAead>(cipher, key, use);
}

}  // namespace pf::crypto
