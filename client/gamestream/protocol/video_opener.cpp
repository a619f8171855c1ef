#include "client/gamestream/protocol/video_opener.h"

#include <algorithm>

namespace pf::gamestream_client {
namespace {

constexpr std::size_t kTagAt = 16, kTagBytes = crypto::kTagBytes;
constexpr std::size_t kHeaderBytes = kTagAt + kTagBytes;

}  // namespace

VideoOpener::VideoOpener(const Secret<16>& key)
    : opener_(crypto::make_aead(crypto::aead_engines(), crypto::Cipher::aes128_gcm, key.reveal(),
                                crypto::Aead::Use::open)) {}

std::optional<MutableBytes> VideoOpener::open(MutableBytes datagram) noexcept {
  if (datagram.size() <= kHeaderBytes) return std::nullopt;
  crypto::Nonce nonce{};
  std::copy_n(datagram.begin(), nonce.size(), nonce.begin());
  const MutableBytes text = datagram.subspan(kHeaderBytes);
  if (nonce.back() != std::byte{'V'} ||
      !opener_->open(nonce, {}, text, Bytes(datagram).subspan<kTagAt, kTagBytes>()) ||
      !seen_.accept(detail::load<std::uint64_t>(nonce.data(), false)))
    return std::nullopt;
  return text;
}

}  // namespace pf::gamestream_client
