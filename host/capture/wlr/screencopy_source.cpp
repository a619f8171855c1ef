#include "host/capture/wlr/screencopy_source.h"

#include <wayland-client.h>

#include <algorithm>

#include "host/capture/damage.h"
#include "wlr-screencopy-unstable-v1-client-protocol.h"

namespace pf::capture::wlr {
namespace {

constexpr Nanos kFirstPicturePatience = seconds(2);
// wlroots takes everything as damaged for a new client, so waiting for damage answers at once even
// on a still screen. The protocol does not promise it: who has not answered by then gets a plain
// copy request, which forces a picture.
constexpr Nanos kDamagePatience = milliseconds(250);
// The bounds of a picture we are ready to believe in.
constexpr std::uint32_t kMaxSidePx = 16384;
constexpr std::uint32_t kMaxPixels = 8192 * 8192;

bool is_bgrx(std::uint32_t shm_format) {
  return shm_format == WL_SHM_FORMAT_XRGB8888 || shm_format == WL_SHM_FORMAT_ARGB8888;
}

}  // namespace

struct ScreencopySource::Listeners {
  static Answer& answer(void* data) { return static_cast<ScreencopySource*>(data)->answer_; }

  static void buffer(void* data, zwlr_screencopy_frame_v1*, std::uint32_t format,
                     std::uint32_t width, std::uint32_t height, std::uint32_t stride) {
    answer(data).shm_format = format;
    answer(data).size_px = {width, height};
    answer(data).stride_bytes = stride;
  }
  static void linux_dmabuf(void*, zwlr_screencopy_frame_v1*, std::uint32_t, std::uint32_t,
                           std::uint32_t) {}
  static void buffer_done(void* data, zwlr_screencopy_frame_v1*) { answer(data).announced = true; }
  static void flags(void* data, zwlr_screencopy_frame_v1*, std::uint32_t flags) {
    answer(data).upside_down = (flags & ZWLR_SCREENCOPY_FRAME_V1_FLAGS_Y_INVERT) != 0;
  }
  static void damage(void* data, zwlr_screencopy_frame_v1*, std::uint32_t x, std::uint32_t y,
                     std::uint32_t width, std::uint32_t height) {
    const SizePx size = static_cast<ScreencopySource*>(data)->format_.size_px;
    if (x >= size.width || y >= size.height || width == 0 || height == 0) return;
    const RectPx rect{x, y, std::min(width, size.width - x), std::min(height, size.height - y)};
    Damage one;
    if (!one.push(rect)) return;
    if (answer(data).damage_px.empty())
      answer(data).damage_px = one;
    else
      add_damage(answer(data).damage_px, one);
  }
  static void ready(void* data, zwlr_screencopy_frame_v1*, std::uint32_t seconds_high,
                    std::uint32_t seconds_low, std::uint32_t nanoseconds) {
    // 33 bits of seconds are 272 years, and more would not fit as nanoseconds.
    const auto whole = static_cast<std::int64_t>(
        ((std::uint64_t{seconds_high} << 32 | seconds_low) & 0x1'FFFF'FFFF));
    answer(data).committed_at = LocalTime(seconds(whole) + Nanos(nanoseconds));
    answer(data).ready = true;
  }
  static void failed(void* data, zwlr_screencopy_frame_v1*) { answer(data).failed = true; }

  static constexpr zwlr_screencopy_frame_v1_listener kFrame{
      buffer, flags, ready, failed, damage, linux_dmabuf, buffer_done};
};

Result<std::unique_ptr<ScreencopySource>> ScreencopySource::open(const display::WlrOutput& output,
                                                                 const Clock& clock) {
  PF_TRY(auto connection, WaylandConnection::open(output.wayland_socket));
  PF_TRY(wl_output * handle, connection->output(output.output_name));
  std::unique_ptr<ScreencopySource> source(new ScreencopySource(std::move(connection), clock));
  source->output_ = handle;
  source->begin_request();
  PF_TRY_VOID(source->take_first());
  return source;
}

ScreencopySource::~ScreencopySource() { end_request(); }

Result<void> ScreencopySource::take_first() {
  const LocalTime start = clock_.now();
  while (clock_.now() - start < kFirstPicturePatience) {
    PF_TRY_VOID(turn(nullptr, kDamagePatience));
    if (find(Use::ready) != nullptr) return {};
    if (!wait_for_damage_ || clock_.now() - start < kDamagePatience) continue;
    wait_for_damage_ = false;
    end_request();
    begin_request();
  }
  return fail(ErrorKind::timed_out, "the compositor copied no picture within 2 s");
}

Result<std::optional<RawFrame>> ScreencopySource::next(Doorbell& bell, Nanos patience) {
  const LocalTime start = clock_.now();
  // What has arrived meanwhile comes first: the newest wins.
  PF_TRY_VOID(turn(nullptr, Nanos::zero()));
  while (find(Use::ready) == nullptr) {
    PF_TRY(const bool arrived, turn(&bell, patience - (clock_.now() - start)));
    if (!arrived) break;
  }
  Slot* slot = find(Use::ready);
  if (slot == nullptr) return std::nullopt;
  slot->use = Use::lent;
  RawFrame frame;
  frame.image = {.pixels = slot->picture.pixels(),
                 .size_px = format_.size_px,
                 .stride_bytes = stride_bytes_,
                 .format = format_.format};
  frame.captured_at = std::min(committed_at_, delivered_at_);
  frame.delivered_at = delivered_at_;
  frame.damage_px = damage_px_;
  frame.lease = FrameLease(give_back_lease, this, static_cast<std::uint64_t>(slot - slots_.data()));
  return std::optional<RawFrame>(std::move(frame));
}

// False as WaylandConnection::dispatch().
Result<bool> ScreencopySource::turn(Doorbell* bell, Nanos patience) {
  // A buffer may have come back since the compositor offered to copy.
  PF_TRY_VOID(advance());
  PF_TRY(const bool arrived, connection_->dispatch(bell, patience));
  PF_TRY_VOID(advance());
  return arrived;
}

Result<void> ScreencopySource::advance() {
  if (answer_.failed)
    return fail(ErrorKind::lost, "the compositor stopped copying: the output went or changed");
  if (answer_.ready) {
    PF_TRY_VOID(keep_picture());
    end_request();
    begin_request();
  }
  if (answer_.announced && !copying_) PF_TRY_VOID(ask_for_copy());
  return {};
}

void ScreencopySource::begin_request() {
  answer_ = {};
  copying_ = false;
  request_ = zwlr_screencopy_manager_v1_capture_output(connection_->screencopy(),
                                                       /*overlay_cursor=*/1, output_);
  zwlr_screencopy_frame_v1_add_listener(request_, &Listeners::kFrame, this);
}

void ScreencopySource::end_request() noexcept {
  if (request_ != nullptr) zwlr_screencopy_frame_v1_destroy(request_);
  request_ = nullptr;
  if (Slot* slot = find(Use::requested)) slot->use = Use::free;
}

Result<void> ScreencopySource::check_format() const {
  const SizePx size = answer_.size_px;
  if (!is_bgrx(answer_.shm_format))
    return fail(ErrorKind::unavailable, "the compositor copies pixels only in format {:#x}",
                answer_.shm_format);
  if (size.width == 0 || size.height == 0 || size.width > kMaxSidePx || size.height > kMaxSidePx ||
      std::uint64_t{size.width} * size.height > kMaxPixels || answer_.stride_bytes % 4 != 0 ||
      answer_.stride_bytes < size.width * 4 || answer_.stride_bytes > kMaxSidePx * 4 + 4096)
    return fail(ErrorKind::malformed,
                "the compositor offers pictures of {}x{} with rows of {} bytes", size.width,
                size.height, answer_.stride_bytes);
  return {};
}

Result<void> ScreencopySource::ask_for_copy() {
  if (slots_[0].picture.handle() == nullptr) {
    PF_TRY_VOID(check_format());
    PF_TRY_VOID(make_slots());
  }
  if (answer_.size_px != format_.size_px || answer_.stride_bytes != stride_bytes_ ||
      answer_.shm_format != shm_format_)
    return fail(ErrorKind::lost, "the captured output is now {}x{} pixels", answer_.size_px.width,
                answer_.size_px.height);
  Slot* slot = find(Use::free);
  if (slot == nullptr) return {};  // all lent: when one comes back
  slot->use = Use::requested;
  copying_ = true;
  if (wait_for_damage_)
    zwlr_screencopy_frame_v1_copy_with_damage(request_, slot->picture.handle());
  else
    zwlr_screencopy_frame_v1_copy(request_, slot->picture.handle());
  wait_for_damage_ = true;
  return {};
}

Result<void> ScreencopySource::make_slots() {
  format_.size_px = answer_.size_px;
  stride_bytes_ = answer_.stride_bytes;
  shm_format_ = answer_.shm_format;
  for (Slot& slot : slots_) {
    PF_TRY(slot.picture,
           ShmPicture::create(connection_->shm(), format_.size_px, stride_bytes_, shm_format_));
  }
  return {};
}

// The request is done: its picture becomes the newest, and one that nobody took is dropped for it.
Result<void> ScreencopySource::keep_picture() {
  if (answer_.upside_down)
    return fail(ErrorKind::unavailable, "the compositor copies pictures upside down");
  Slot* older = find(Use::ready);
  if (older != nullptr) {
    add_damage(answer_.damage_px, damage_px_);
    older->use = Use::free;
  }
  if (Slot* slot = find(Use::requested)) slot->use = Use::ready;
  damage_px_ = answer_.damage_px;
  committed_at_ = answer_.committed_at;
  delivered_at_ = clock_.now();
  return {};
}

ScreencopySource::Slot* ScreencopySource::find(Use use) noexcept {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [use](const Slot& slot) { return slot.use == use; });
  return found == slots_.end() ? nullptr : &*found;
}

void ScreencopySource::give_back_lease(void* source, std::uint64_t slot_index) noexcept {
  static_cast<ScreencopySource*>(source)->slots_[slot_index].use = Use::free;
}

}  // namespace pf::capture::wlr
