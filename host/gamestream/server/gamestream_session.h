// One client's stream while it runs: its place at the roster, its workers and its outlets. The
// door's control thread owns it from ANNOUNCE until it is over; then the roster ends it.
#pragma once

#include <memory>
#include <optional>

#include "core/runtime/health_board.h"
#include "host/gamestream/server/media_sockets.h"
#include "host/gamestream/server/pad_feedback_box.h"
#include "host/gamestream/server/stream_news.h"
#include "host/gamestream/server/stream_plan.h"
#include "host/session/roster.h"

namespace pf::gamestream {

// What the workers of all sessions use; outlives them.
struct StreamSurroundings {
  const pipeline::Backends& backends;
  MediaSockets& sockets;
  StreamNewsBox& news;
  PadFeedbackBox& pad_feedback;
  HealthBoard& board;
  const Clock& clock;
};

class GameStreamSession {
 public:
  // Starts its workers; that they work is news, later.
  GameStreamSession(LaunchId launch, session::Roster::Seat seat, StreamPlan plan,
                    const StreamSurroundings& around);

  unsigned number() const noexcept { return number_; }
  const DisplayMode& mode() const noexcept { return mode_; }
  bool was_open() const noexcept { return was_open_; }  // it has a picture to show

  // Where its client is to be found. Pictures flow once it also said PLAY.
  void on_video_peer(const Endpoint& peer);
  void on_audio_peer(const Endpoint& peer);
  void play();
  bool streams() const noexcept { return video_->streams(); }

  void on_opened(const StreamOpened&) noexcept { was_open_ = true; }

  void want_idr() noexcept { session_->steering().want_idr(); }
  void on_lost(std::uint32_t first_frame, std::uint32_t last_frame) noexcept {
    video_->on_lost(first_frame, last_frame);
  }
  void set_bitrate(std::uint32_t kbps) noexcept { session_->steering().set_bitrate(kbps); }
  void set_parity(std::uint32_t percent, std::uint32_t least_packets) noexcept {
    video_->set_parity(percent, least_packets);
  }
  void set_sound_repeats(bool repeats) noexcept {
    if (audio_ != nullptr) audio_->set_repeats(repeats);
  }
  SentTotals totals() const noexcept { return video_->totals(); }
  Nanos backlog() const noexcept { return video_->backlog(); }
  pipeline::InputWorker& input() noexcept { return session_->input(); }
  input::Gamepads& gamepads() noexcept { return session_->gamepads(); }

  void show_workers_to(session::Roster& roster) const {
    roster.on_workers(number_, *session_, wire_offset_);
  }
  // What the roster needs to end it. Nothing else may be called afterwards.
  session::Ending take_ending(const input::InputCounts& input);

 private:
  std::optional<session::SessionSound> sound(const StreamPlan& plan,
                                             const StreamSurroundings& around);

  const unsigned number_;
  const DisplayMode mode_;
  const LocalTime began_at_;
  const Nanos wire_offset_;
  bool was_open_ = false;
  bool played_ = false;
  std::optional<Endpoint> video_peer_;  // until it said PLAY
  VideoOutlet* video_ = nullptr;        // the session's own
  AudioOutlet* audio_ = nullptr;        // likewise; none: no sound
  std::shared_ptr<session::Desk> desk_;
  std::unique_ptr<session::Session> session_;
};

}  // namespace pf::gamestream
