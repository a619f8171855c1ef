// Both directions of a media session's link: seals what leaves, opens what arrives, counts.
//
// The way out belongs to one thread and the way in to one thread; they may be two.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>

#include "core/base/packet_run.h"
#include "core/crypto/key_source.h"
#include "core/crypto/sealer.h"
#include "core/endpoint/media_config.h"
#include "core/endpoint/media_counters.h"
#include "core/endpoint/media_link.h"

namespace pf::endpoint {

class MediaDoor {
 public:
  // `outgoing` names this end's direction.
  MediaDoor(const MediaConfig& config, crypto::Direction outgoing, std::unique_ptr<MediaLink> link);

  // Packets of packet_format(config), of which only clear bytes and tag are still to be written.
  // False: there is no way to the peer now.
  bool send(PacketRun run) noexcept;
  // The same for packets that went through sealer() already.
  bool send_sealed(PacketRun run) noexcept;
  crypto::Sealer* sealer() noexcept { return sealer_ ? &*sealer_ : nullptr; }  // null: unsealed

  // One authentic datagram's content: borrowed until the next call. Bounded work: after
  // kMaxUnusable datagrams that are none it pretends that nothing came. nullopt: nothing came, or
  // the link is broken().
  std::optional<MutableBytes> receive() noexcept;
  bool broken() const noexcept { return broken_; }  // as of the last receive()

  MediaCounters& counters() noexcept { return counters_; }
  const MediaCounters& counters() const noexcept { return counters_; }

 private:
  static constexpr std::size_t kDatagramsAtOnce = 64;
  static constexpr int kMaxUnusable = 4096;  // a flood of forgeries costs a caller milliseconds

  std::optional<MutableBytes> next_datagram() noexcept;
  std::optional<MutableBytes> open(MutableBytes datagram) noexcept;

  const std::unique_ptr<MediaLink> link_;
  std::optional<crypto::Sealer> sealer_;  // none: the session is not encrypted
  std::optional<crypto::Opener> opener_;
  MediaCounters counters_;

  // Way in.
  std::array<MutableBytes, kDatagramsAtOnce> datagrams_;
  std::size_t datagrams_begin_ = 0;
  std::size_t datagrams_end_ = 0;
  bool broken_ = false;
};

}  // namespace pf::endpoint
