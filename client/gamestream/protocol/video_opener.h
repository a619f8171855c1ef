// Decrypts video datagrams (docs/protocol/gamestream.md section 9.6). One thread.
#pragma once

#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/secret.h"
#include "core/crypto/aead.h"
#include "core/crypto/replay_window.h"

namespace pf::gamestream_client {

class VideoOpener {
 public:
  explicit VideoOpener(const Secret<16>& key);

  // The datagram inside, decrypted where it stands. Empty: forged, or its number was used before:
  // stricter than stock clients, who take any.
  std::optional<MutableBytes> open(MutableBytes datagram) noexcept;

 private:
  const std::unique_ptr<crypto::Aead> opener_;
  crypto::ReplayWindow seen_;
};

}  // namespace pf::gamestream_client
