#include "core/crypto/aes128.h"

#include <openssl/evp.h>

#include "core/base/check.h"

namespace pf::crypto {

struct CipherContext {
  EVP_CIPHER_CTX* const evp = EVP_CIPHER_CTX_new();
  CipherContext() { PF_CHECK(evp != nullptr); }
  ~CipherContext() { EVP_CIPHER_CTX_free(evp); }  // which wipes the key schedule
  CipherContext(const CipherContext&) = delete;
  CipherContext& operator=(const CipherContext&) = delete;
};

namespace {

enum class Way : int { decrypt = 0, encrypt = 1 };

const unsigned char* in(Bytes bytes) noexcept {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* out(std::byte* bytes) noexcept { return reinterpret_cast<unsigned char*>(bytes); }

void begin(EVP_CIPHER_CTX* evp, const EVP_CIPHER* cipher, const Secret<16>& key, Bytes iv,
           Way way) noexcept {
  PF_CHECK(EVP_CipherInit_ex(evp, cipher, nullptr, in(key.reveal()), iv.empty() ? nullptr : in(iv),
                             static_cast<int>(way)) == 1);
}

void begin_gcm(EVP_CIPHER_CTX* evp, const Secret<16>& key, AesBlock iv, Way way) noexcept {
  PF_CHECK(EVP_CipherInit_ex(evp, EVP_aes_128_gcm(), nullptr, nullptr, nullptr,
                             static_cast<int>(way)) == 1);
  PF_CHECK(EVP_CIPHER_CTX_ctrl(evp, EVP_CTRL_AEAD_SET_IVLEN, kAesBlockBytes, nullptr) == 1);
  PF_CHECK(EVP_CipherInit_ex(evp, nullptr, nullptr, in(key.reveal()), in(iv),
                             static_cast<int>(way)) == 1);
}

void update(EVP_CIPHER_CTX* evp, Bytes text, std::byte* into, int& written) noexcept {
  PF_CHECK(EVP_CipherUpdate(evp, out(into), &written, in(text), static_cast<int>(text.size())) ==
           1);
}

void ecb(EVP_CIPHER_CTX* evp, const Secret<16>& key, MutableBytes blocks, Way way) noexcept {
  PF_CHECK(blocks.size() % kAesBlockBytes == 0);
  begin(evp, EVP_aes_128_ecb(), key, {}, way);
  EVP_CIPHER_CTX_set_padding(evp, 0);
  int written = 0;
  update(evp, blocks, blocks.data(), written);
}

}  // namespace

Aes128Ecb::Aes128Ecb(const Secret<16>& key)
    : key_(key), context_(std::make_unique<CipherContext>()) {}
Aes128Ecb::~Aes128Ecb() = default;

void Aes128Ecb::encrypt(MutableBytes blocks) noexcept {
  ecb(context_->evp, key_, blocks, Way::encrypt);
}
void Aes128Ecb::decrypt(MutableBytes blocks) noexcept {
  ecb(context_->evp, key_, blocks, Way::decrypt);
}

Aes128Cbc::Aes128Cbc(const Secret<16>& key)
    : key_(key), context_(std::make_unique<CipherContext>()) {}
Aes128Cbc::Aes128Cbc(Aes128Cbc&&) noexcept = default;
Aes128Cbc::~Aes128Cbc() = default;

void Aes128Cbc::encrypt(AesBlock iv, Bytes text, std::byte* into) noexcept {
  begin(context_->evp, EVP_aes_128_cbc(), key_, iv, Way::encrypt);
  int written = 0, last = 0;
  update(context_->evp, text, into, written);
  PF_CHECK(EVP_CipherFinal_ex(context_->evp, out(into + written), &last) == 1);
}

std::optional<std::size_t> Aes128Cbc::decrypt(AesBlock iv, Bytes text, std::byte* into) noexcept {
  if (text.empty() || text.size() % kAesBlockBytes != 0) return std::nullopt;
  begin(context_->evp, EVP_aes_128_cbc(), key_, iv, Way::decrypt);
  // Without OpenSSL's own padding check: it would hold back a block, whose place in `into` may be
  // the last there is.
  EVP_CIPHER_CTX_set_padding(context_->evp, 0);
  int written = 0;
  update(context_->evp, text, into, written);
  const auto padding = std::to_integer<std::size_t>(into[text.size() - 1]);
  if (padding == 0 || padding > kAesBlockBytes) return std::nullopt;
  for (std::size_t i = text.size() - padding; i < text.size(); ++i) {
    if (std::to_integer<std::size_t>(into[i]) != padding) return std::nullopt;
  }
  return text.size() - padding;
}

Aes128GcmLongIv::Aes128GcmLongIv(const Secret<16>& key)
    : key_(key), context_(std::make_unique<CipherContext>()) {}
Aes128GcmLongIv::~Aes128GcmLongIv() = default;

void Aes128GcmLongIv::seal(AesBlock iv, MutableBytes text, std::span<std::byte, 16> tag) noexcept {
  begin_gcm(context_->evp, key_, iv, Way::encrypt);
  int written = 0;
  update(context_->evp, text, text.data(), written);
  PF_CHECK(EVP_CipherFinal_ex(context_->evp, out(tag.data()), &written) == 1);
  PF_CHECK(EVP_CIPHER_CTX_ctrl(context_->evp, EVP_CTRL_AEAD_GET_TAG, 16, tag.data()) == 1);
}

bool Aes128GcmLongIv::open(AesBlock iv, MutableBytes text,
                           std::span<const std::byte, 16> tag) noexcept {
  begin_gcm(context_->evp, key_, iv, Way::decrypt);
  int written = 0;
  update(context_->evp, text, text.data(), written);
  auto* const expected = const_cast<std::byte*>(tag.data());  // OpenSSL only reads it
  PF_CHECK(EVP_CIPHER_CTX_ctrl(context_->evp, EVP_CTRL_AEAD_SET_TAG, 16, expected) == 1);
  unsigned char none[kAesBlockBytes];
  return EVP_CipherFinal_ex(context_->evp, none, &written) == 1;
}

}  // namespace pf::crypto
