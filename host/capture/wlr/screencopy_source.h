// Captures an output picture by picture. There is always one request under way, so that the
// compositor can answer with its very next refresh; three buffers, so that one can be lent out
// while one is ready and one is being written.
#pragma once

#include <array>
#include <optional>

#include "host/capture/source.h"
#include "host/capture/wlr/shm_picture.h"
#include "host/capture/wlr/wayland_connection.h"

struct zwlr_screencopy_frame_v1;

namespace pf::capture::wlr {

class ScreencopySource final : public VideoSource {
 public:
  // Waits up to 2 s for the first picture, which next() then returns.
  static Result<std::unique_ptr<ScreencopySource>> open(const display::WlrOutput& output,
                                                        const Clock& clock);
  ~ScreencopySource() override;

  const VideoFormat& format() const noexcept override { return format_; }
  Result<std::optional<RawFrame>> next(Doorbell& bell, Nanos patience) override;

 private:
  enum class Use : std::uint8_t { free, requested, ready, lent };
  struct Slot {
    ShmPicture picture;
    Use use = Use::free;
  };
  // What the compositor says of the request under way.
  struct Answer {
    SizePx size_px;
    std::uint32_t stride_bytes = 0;
    std::uint32_t shm_format = 0;
    bool upside_down = false;
    bool announced = false, ready = false, failed = false;
    LocalTime committed_at;
    Damage damage_px;
  };
  struct Listeners;

  ScreencopySource(std::unique_ptr<WaylandConnection> connection, const Clock& clock) noexcept
      : connection_(std::move(connection)), clock_(clock) {}

  Result<void> take_first();
  Result<bool> turn(Doorbell* bell, Nanos patience);
  Result<void> advance();
  void begin_request();
  void end_request() noexcept;
  Result<void> ask_for_copy();
  Result<void> check_format() const;
  Result<void> make_slots();
  Result<void> keep_picture();
  Slot* find(Use use) noexcept;
  static void give_back_lease(void* source, std::uint64_t slot_index) noexcept;

  std::unique_ptr<WaylandConnection> connection_;
  const Clock& clock_;
  wl_output* output_ = nullptr;
  VideoFormat format_;
  std::uint32_t stride_bytes_ = 0;
  std::uint32_t shm_format_ = 0;
  std::array<Slot, 3> slots_;

  zwlr_screencopy_frame_v1* request_ = nullptr;
  bool copying_ = false;  // the request has its buffer
  bool wait_for_damage_ = true;
  Answer answer_;

  // The newest complete picture, in the slot that is `ready`.
  LocalTime committed_at_, delivered_at_;
  Damage damage_px_;
};

}  // namespace pf::capture::wlr
