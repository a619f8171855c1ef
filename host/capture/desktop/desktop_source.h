// Takes the composited buffers of punktfunk-desktop from a capture channel.
//
// The newest picture wins: one that was not asked for in time goes back at once, and its damage is
// added to the next. The desktop lends at most two buffers at a time; one is kept ready here, so
// whoever asks holds at most one while the next arrives. A picture that is still out when the
// source dies stays mapped by nobody: leases must go first.
#pragma once

#include <optional>
#include <span>

#include "core/base/fixed_list.h"
#include "core/runtime/unique_fd.h"
#include "desktop/protocol.h"
#include "host/capture/desktop/channel_message.h"
#include "host/capture/desktop/picture_memory.h"
#include "host/capture/source.h"

namespace pf::capture::desktop {

class DesktopSource final : public VideoSource {
 public:
  // Waits up to 2 s for the first picture, which next() then returns.
  static Result<std::unique_ptr<DesktopSource>> open(UniqueFd channel, const Clock& clock);

  const VideoFormat& format() const noexcept override { return format_; }
  Result<std::optional<RawFrame>> next(Doorbell& bell, Nanos patience) override;

 private:
  struct Buffer {
    std::uint32_t number = 0;
    bool lent = false;  // to us, and not yet given back
    PictureMemory memory;
  };
  struct Picture {
    Buffer* buffer = nullptr;
    std::uint32_t stride_bytes = 0;
    LocalTime committed_at;
    LocalTime delivered_at;
    LocalTime drawn_at;
    Nanos compositor_late{0};
    Damage damage_px;
  };

  DesktopSource(UniqueFd channel, const Clock& clock) noexcept
      : channel_(std::move(channel)), clock_(clock) {}

  Result<void> take_all();
  Result<bool> take_one();
  Result<void> accept(const FrameNews& news, UniqueFd memfd);
  Result<Buffer*> find_buffer(const FrameNews& news, UniqueFd memfd);
  void give_back(Buffer& buffer) noexcept;
  static void give_back_lease(void* source, std::uint64_t buffer_index) noexcept;

  UniqueFd channel_;
  const Clock& clock_;
  VideoFormat format_;
  std::array<Buffer, PF_CAPTURE_MAX_BUFFERS> buffers_;
  std::size_t buffer_count_ = 0;
  std::optional<Picture> newest_;
};

}  // namespace pf::capture::desktop
