#include "core/control/refresh_policy.h"

namespace pf::control {

std::optional<Refresh> RefreshPolicy::on_keyframe_request(LocalTime now) noexcept {
  if (last_keyframe_ && now - *last_keyframe_ < kKeyframeSpacing) {
    // We cannot know whether the client asked before or after the last key frame reached it.
    keyframe_owed_ = true;
    return std::nullopt;
  }
  return make_keyframe(now);
}

std::optional<Refresh> RefreshPolicy::on_frames_lost(const message::RfiRequest& request,
                                                     LocalTime now) noexcept {
  const std::uint32_t span = request.last_frame - request.first_frame;
  if (!can_drop_references_ || span > kMaxLostSpan) return on_keyframe_request(now);
  const bool same_episode = served_at_ && now - *served_at_ < kEpisode;
  if (!same_episode) echoes_ = 0;
  if (served_at_ && now - *served_at_ < kEchoWindow && echoes_ < kMaxEchoes) {
    ++echoes_;
    return std::nullopt;
  }
  served_at_ = now;
  return DropReferences{.first_frame = request.first_frame, .last_frame = request.last_frame};
}

std::optional<Refresh> RefreshPolicy::handle_timeout(LocalTime now) noexcept {
  if (const auto due = next_timeout(); !due || *due > now) return std::nullopt;
  return make_keyframe(now);
}

std::optional<LocalTime> RefreshPolicy::next_timeout() const noexcept {
  if (!keyframe_owed_) return std::nullopt;
  return *last_keyframe_ + kKeyframeSpacing;
}

void RefreshPolicy::on_keyframe_sent(LocalTime now) noexcept { last_keyframe_ = now; }

std::optional<Refresh> RefreshPolicy::make_keyframe(LocalTime now) noexcept {
  last_keyframe_ = now;
  keyframe_owed_ = false;
  return MakeKeyframe{};
}

}  // namespace pf::control
