// The host's answer to a client that lost something: when a key frame is made, and when frames are
// declared lost instead. It makes aggressive clients harmless. Source: docs/protocol/punktfunk1.md
// section 6.2.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>

#include "core/base/time.h"
#include "core/message/control_message.h"

namespace pf::control {

struct MakeKeyframe {};
struct DropReferences {  // both ends included, low 32 bits of FrameId, wrapping
  std::uint32_t first_frame = 0;
  std::uint32_t last_frame = 0;
};
using Refresh = std::variant<MakeKeyframe, DropReferences>;

class RefreshPolicy {
 public:
  // Key frames are large: forced ones keep this distance.
  static constexpr Nanos kKeyframeSpacing = milliseconds(750);
  // A longer range means that a key frame costs less than the references.
  static constexpr std::uint32_t kMaxLostSpan = 256;
  // While an answer is under way the client may repeat itself so often without being served again.
  static constexpr Nanos kEchoWindow = milliseconds(300);
  static constexpr int kMaxEchoes = 2;
  static constexpr Nanos kEpisode = seconds(1);

  explicit RefreshPolicy(bool can_drop_references) noexcept
      : can_drop_references_(can_drop_references) {}

  // Each answers what to do at once; nullopt: nothing, or something later (next_timeout).
  std::optional<Refresh> on_keyframe_request(LocalTime now) noexcept;
  std::optional<Refresh> on_frames_lost(const message::RfiRequest& request, LocalTime now) noexcept;
  std::optional<Refresh> handle_timeout(LocalTime now) noexcept;
  std::optional<LocalTime> next_timeout() const noexcept;

  // A key frame has left, asked for or not: whoever asked before it has been answered.
  void on_keyframe_sent(LocalTime now) noexcept;

 private:
  std::optional<Refresh> make_keyframe(LocalTime now) noexcept;

  bool can_drop_references_;
  std::optional<LocalTime> last_keyframe_;  // forced or sent, the later
  bool keyframe_owed_ = false;              // wanted before the spacing was over
  std::optional<LocalTime> served_at_;      // the last dropping of references
  int echoes_ = 0;
};

}  // namespace pf::control
