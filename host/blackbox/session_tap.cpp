#include "host/blackbox/session_tap.h"

namespace pf::blackbox {
namespace {

// One writer each: no read-modify-write is needed.
void add(std::atomic<std::uint64_t>& count, std::uint64_t more) noexcept {
  count.store(count.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
}

}  // namespace

void SessionTap::begin_epoch(const encode::StreamParameters& parameters) noexcept {
  static_assert(std::is_trivially_copyable_v<encode::StreamParameters>);
  parameters_ = parameters;
  told_parameters_ = false;
  taking_ = false;  // what the encoder before left half done
  asked_ = false;   // an encoder begins with a key frame, asked or not
}

void SessionTap::on_part(const encode::AccessUnitPart& part,
                         pipeline::FrameSteering& steering) noexcept {
  if (part.first) {
    taking_ = on();
    if (taking_ && !was_on_) {
      told_parameters_ = asked_ = false;
      key_wanted_ = true;
      bytes_since_key_ = 0;
    }
    was_on_ = taking_;
    if (!taking_) return;
    if (!told_parameters_) {
      pictures_.begin();
      pictures_.append({reinterpret_cast<const std::byte*>(&parameters_), sizeof parameters_});
      told_parameters_ = pictures_.commit({.epoch = true});
    }
    pictures_.begin();
    bytes_ = 0;
  }
  if (!taking_) return;
  pictures_.append(part.bytes);
  bytes_ += part.bytes.size();
  if (!part.last) return;
  finish_picture(part);
  look_for_key(part, steering);
}

void SessionTap::finish_picture(const encode::AccessUnitPart& part) noexcept {
  taking_ = false;
  // Without its parameters nobody could make anything of it.
  const bool kept =
      told_parameters_ &&
      pictures_.commit({.captured_at = part.captured_at, .id = part.id, .key = part.idr});
  if (!kept) {
    add(left_out_, 1);
    key_wanted_ = true;
  }
  add(picture_bytes_, bytes_);
  bytes_since_key_ += bytes_;
  if (!part.idr) return;
  if (asked_) {
    add(key_frames_, 1);
    add(key_frame_bytes_, bytes_);
  }
  asked_ = false;
  last_key_at_ = part.captured_at;
  bytes_since_key_ = 0;
  if (kept) key_wanted_ = false;
}

// Whoever else asks for key frames (a client that lost pictures) spares us ours.
void SessionTap::look_for_key(const encode::AccessUnitPart& part,
                              pipeline::FrameSteering& steering) noexcept {
  if (asked_) return;
  const std::uint64_t most_bytes = key_frame_every_bytes_.load(std::memory_order_relaxed);
  const bool due = part.captured_at - last_key_at_ >= kKeyFrameEvery ||
                   (most_bytes > 0 && bytes_since_key_ >= most_bytes) ||
                   key_wanted_.load(std::memory_order_relaxed);
  if (!due) return;
  asked_ = true;
  key_wanted_ = false;
  steering.want_idr_with_next();
}

void SessionTap::on_sound(Bytes frame, LocalTime captured_at) noexcept {
  if (!on()) return;
  sounds_.begin();
  sounds_.append(frame);
  if (!sounds_.commit({.captured_at = captured_at, .key = true})) add(left_out_, 1);
}

void SessionTap::set(const Wish& wish) noexcept {
  key_frame_every_bytes_.store(wish.key_frame_every_bytes, std::memory_order_relaxed);
  on_.store(wish.on, std::memory_order_relaxed);
}

SessionTap::Counts SessionTap::counts() const noexcept {
  return {.picture_bytes = picture_bytes_.load(std::memory_order_relaxed),
          .key_frames = key_frames_.load(std::memory_order_relaxed),
          .key_frame_bytes = key_frame_bytes_.load(std::memory_order_relaxed),
          .left_out = left_out_.load(std::memory_order_relaxed)};
}

}  // namespace pf::blackbox
