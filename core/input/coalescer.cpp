#include "core/input/coalescer.h"

#include "core/base/check.h"
#include "core/input/sound_event.h"

namespace pf::input {
namespace {

using message::InputEvent;
using message::InputKind;

bool is_motion(InputKind kind) noexcept {
  return kind == InputKind::mouse_move || kind == InputKind::mouse_move_absolute ||
         kind == InputKind::touch_move;
}

// Sums stay within what a single event may say.
bool add(std::int32_t& to, std::int32_t more, std::int32_t most) noexcept {
  const std::int64_t sum = std::int64_t{to} + more;
  if (sum > most || sum < -most) return false;
  to = static_cast<std::int32_t>(sum);
  return true;
}

bool add_motion(InputEvent& to, const InputEvent& more) noexcept {
  InputEvent sum = to;
  if (!add(sum.x, more.x, kMaxMotionPx) || !add(sum.y, more.y, kMaxMotionPx)) return false;
  to = sum;
  return true;
}

bool add_scroll(InputEvent& to, const InputEvent& more) noexcept {
  return to.code == more.code && (to.x > 0) == (more.x > 0) && add(to.x, more.x, kMaxScroll);
}

bool replace(InputEvent& older, const InputEvent& newer) noexcept {
  older = newer;
  return true;
}

// Full states replace each other unless a button changed between them.
bool replace_state(InputEvent& older, const InputEvent& newer) noexcept {
  const bool same = pad_of(older) == pad_of(newer) && older.code == newer.code;
  return same && replace(older, newer);
}

// `older` and `newer` are of one kind.
bool merge_two(InputEvent& older, const InputEvent& newer) noexcept {
  switch (newer.kind) {
    case InputKind::mouse_move:
      return add_motion(older, newer);
    case InputKind::mouse_scroll:
      return add_scroll(older, newer);
    case InputKind::mouse_move_absolute:
      return replace(older, newer);
    case InputKind::touch_move:
      return older.code == newer.code && replace(older, newer);
    case InputKind::gamepad_axis:
    case InputKind::gamepad_state:
      return replace_state(older, newer);
    default:
      return false;
  }
}

}  // namespace

bool Coalescer::push(const InputEvent& event) noexcept {
  if (merge(event)) return true;
  if (count_ == kMaxWaiting) return false;
  at(count_++) = event;
  if (!is_motion(event.kind)) ++edges_;
  return true;
}

bool Coalescer::merge(const InputEvent& event) noexcept {
  for (std::size_t i = count_; i-- > 0;) {
    InputEvent& older = at(i);
    if (older.kind != event.kind) return false;
    if (merge_two(older, event)) return true;
    if (event.kind != InputKind::touch_move) return false;
  }
  return false;
}

const InputEvent* Coalescer::front() const noexcept {
  return count_ == 0 ? nullptr : &events_[first_];
}

void Coalescer::pop() noexcept {
  PF_DCHECK(count_ > 0);
  if (!is_motion(events_[first_].kind)) --edges_;
  first_ = (first_ + 1) % kMaxWaiting;
  --count_;
}

}  // namespace pf::input
