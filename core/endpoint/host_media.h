// The host's half of a media session without control: access units go out, input events come in.
//
// Nothing here waits, paces or has a thread: a whole access unit leaves in one call. Submitting
// belongs to one thread and polling to one thread; they may be two.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "core/endpoint/media_door.h"
#include "core/message/input_event.h"
#include "core/video/frame_sealer.h"
#include "core/video/packetiser.h"

namespace pf::endpoint {

enum class Submitted : std::uint8_t {
  sent,           // the link took what it could; see the counters
  too_large,      // beyond the config; nothing was sent
  unprotectable,  // the erasure code has no block of that shape; nothing was sent
  unreachable,    // there is no way to the client now
};

class HostMedia {
 public:
  static Result<std::unique_ptr<HostMedia>> open(const MediaConfig& config,
                                                 std::unique_ptr<MediaLink> link);

  // Packetises, seals and sends, the data first and then the parity. `flags` are
  // message::frame_flags, of which kSliceStream is ours to decide; frames with kProbe are counted
  // apart on the wire.
  Submitted submit(Bytes access_unit, WireTime pts, std::uint32_t flags) noexcept;

  // nullopt: none came, or door().broken(). What cannot be read is counted and passed over.
  std::optional<message::InputEvent> poll_input() noexcept;

  const MediaDoor& door() const noexcept { return door_; }

 private:
  HostMedia(const MediaConfig& config, std::unique_ptr<MediaLink> link);
  bool protectable(std::size_t frame_bytes) const noexcept;

  const video::Packetiser::Params params_;
  const std::uint8_t fec_percent_;
  MediaDoor door_;
  const std::unique_ptr<fec::FecCodec> codec_;
  video::PacketArena arena_;
  video::Packetiser packetiser_;
  video::FrameSealer batches_;
  FrameId next_video_{}, next_probe_{};
};

}  // namespace pf::endpoint
