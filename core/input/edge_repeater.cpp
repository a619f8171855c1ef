#include "core/input/edge_repeater.h"

#include <algorithm>

namespace pf::input {

using message::InputEvent;
using message::InputKind;

bool EdgeRepeater::is_release(InputKind kind) noexcept {
  return kind == InputKind::key_up || kind == InputKind::mouse_button_up ||
         kind == InputKind::touch_up;
}

bool EdgeRepeater::is_edge(InputKind kind) noexcept {
  return is_release(kind) || kind == InputKind::key_down || kind == InputKind::mouse_button_down ||
         kind == InputKind::touch_down;
}

EdgeRepeater::Subject EdgeRepeater::subject_of(const InputEvent& edge) noexcept {
  switch (edge.kind) {
    case InputKind::key_up:
      return {InputKind::key_down, edge.code};
    case InputKind::mouse_button_up:
      return {InputKind::mouse_button_down, edge.code};
    case InputKind::touch_up:
      return {InputKind::touch_down, edge.code};
    default:
      return {edge.kind, edge.code};
  }
}

std::uint64_t EdgeRepeater::begin(const InputEvent& edge, LocalTime now) {
  const Subject subject = subject_of(edge);
  if (states_.size() >= kMaxSubjects && states_.count(subject) == 0) forget_settled();
  State& state = states_[subject];
  state.edge = edge;
  ++state.generation;
  state.sent = state.open = 0;
  state.arrived_at.reset();
  state.older_arrived_at.reset();
  const std::uint64_t number = note_sent(subject, state, now);
  update_due();
  return number;
}

// Releases that have arrived; should there be none, everything.
void EdgeRepeater::forget_settled() {
  const std::size_t before = states_.size();
  for (auto at = states_.begin(); at != states_.end();) {
    const bool settled = is_release(at->second.edge.kind) && at->second.arrived_at;
    at = settled ? states_.erase(at) : std::next(at);
  }
  if (states_.size() == before) states_.clear();
}

std::uint64_t EdgeRepeater::note_sent(const Subject& subject, State& state, LocalTime now) {
  const std::uint64_t number = ++last_number_;
  open_.emplace(number, Open{.subject = subject, .generation = state.generation, .sent_at = now});
  if (open_.size() > kMaxOpen) open_.erase(open_.begin());
  ++state.sent;
  ++state.open;
  state.repeat_at.reset();
  if (is_release(state.edge.kind)) state.repeat_at = now + pause_after(state.sent);
  return number;
}

// A third of a round trip: four tries in a row are on their way before the first could be answered.
Nanos EdgeRepeater::pause_after(unsigned sent) const noexcept {
  const Nanos pause = std::max(round_trip_ / 3, kMinPause);
  if (sent < kQuickCopies) return pause;
  return std::clamp<Nanos>(pause * (sent - kQuickCopies + 2), pause, std::max(pause, kMaxPause));
}

void EdgeRepeater::on_acknowledged(std::uint64_t number, LocalTime now) {
  const auto found = open_.find(number);
  if (found == open_.end()) return;
  const Open open = found->second;
  open_.erase(found);
  if (!open.lost) measure(now - open.sent_at);
  const auto at = states_.find(open.subject);
  if (at == states_.end()) return;
  State& state = at->second;
  if (open.generation == state.generation) {
    if (!open.lost && state.open > 0) --state.open;
    state.arrived_at = now;
    state.repeat_at.reset();
  } else {
    state.older_arrived_at = now;
  }
  if (in_doubt(state)) {
    state.arrived_at.reset();
    state.repeat_at = now;
  }
  update_due();
}

// An acknowledgement names all that has come so far. So what an earlier one named came earlier; of
// two that one names together nobody knows.
bool EdgeRepeater::in_doubt(const State& state) const noexcept {
  if (!state.arrived_at || !state.older_arrived_at) return false;
  return is_release(state.edge.kind) ? *state.older_arrived_at >= *state.arrived_at
                                     : *state.older_arrived_at > *state.arrived_at;
}

void EdgeRepeater::on_lost(std::uint64_t number, LocalTime now) {
  const auto found = open_.find(number);
  if (found == open_.end() || found->second.lost) return;
  Open& open = found->second;
  open.lost = true;  // kept: it may arrive after all, and then be the wrong one
  const auto at = states_.find(open.subject);
  if (at == states_.end() || open.generation != at->second.generation) return;
  State& state = at->second;
  if (state.open > 0) --state.open;
  if (!state.arrived_at && state.open == 0) state.repeat_at = now;
  update_due();
}

// RFC 6298 section 2, the mean alone.
void EdgeRepeater::measure(Nanos round_trip) noexcept {
  round_trip_ += (round_trip - round_trip_) / 8;
}

std::optional<EdgeRepeater::Copy> EdgeRepeater::poll(LocalTime now) {
  if (!due_ || *due_ > now) return std::nullopt;
  for (auto& [subject, state] : states_) {
    if (!state.repeat_at || *state.repeat_at > now) continue;
    const Copy copy{.number = note_sent(subject, state, now), .edge = state.edge};
    ++copies_;
    update_due();
    return copy;
  }
  return std::nullopt;
}

void EdgeRepeater::update_due() noexcept {
  due_.reset();
  for (const auto& [subject, state] : states_) {
    if (state.repeat_at && (!due_ || *state.repeat_at < *due_)) due_ = state.repeat_at;
  }
}

}  // namespace pf::input
