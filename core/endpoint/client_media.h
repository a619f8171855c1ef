// The client's half of a media session without control: access units come in, input events go out.
//
// Nothing here waits or has a thread: polling takes what the link has. Access units come as they
// complete, so one that overtook another comes first; which to decode is the caller's decision.
// Polling belongs to one thread and sending to one thread; they may be two.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/endpoint/media_door.h"
#include "core/message/input_event.h"
#include "core/video/reassembler.h"

namespace pf::endpoint {

class ClientMedia {
 public:
  // `clock` outlives the session.
  static Result<std::unique_ptr<ClientMedia>> open(const MediaConfig& config,
                                                   std::unique_ptr<MediaLink> link,
                                                   const Clock& clock);

  // The next whole access unit, borrowed until the next poll; null: none yet, or door().broken().
  // Looks at kMaxPackets at most, so a null may be worth another call at once under a flood only.
  const video::ReassembledFrame* poll_frame() noexcept;

  // False: there is no way to the host now.
  bool send_input(const message::InputEvent& event) noexcept;

  const MediaDoor& door() const noexcept { return door_; }

 private:
  static constexpr int kMaxPackets = 1 << 18;  // those of the largest frame in small shards

  ClientMedia(const MediaConfig& config, std::unique_ptr<MediaLink> link, const Clock& clock);
  void publish() noexcept;

  const message::PacketFormat& format_;
  const Clock& clock_;
  MediaDoor door_;
  const std::unique_ptr<fec::FecCodec> codec_;
  video::Reassembler reassembler_;
  std::optional<video::ReassembledFrame> held_;
  std::uint64_t rejected_ = 0;  // of the reassembler, as published

  static constexpr std::size_t kMaxInputPacketBytes = 64;
  std::array<std::byte, kMaxInputPacketBytes> input_packet_{};
};

}  // namespace pf::endpoint
