#include "host/gamestream/server/gamestream_session.h"

#include <fmt/format.h>

#include <utility>

#include "core/runtime/system_clock.h"

namespace pf::gamestream {
namespace {

session::SessionEvents events_of(LaunchId launch, StreamNewsBox& news, PadFeedbackBox& pads) {
  return {.opened =
              [launch, &news](const pipeline::EpochOpened& epoch) {
                news.tell({launch, StreamOpened{epoch}});
              },
          .healing = [](const Error&) {},  // the last picture stays, as clients know it
          .over =
              [launch, &news](const Error& error) {
                news.tell({launch, StreamEnded{error.what}});
              },
          .pad_feedback =
              [launch, &pads](const input::PadFeedback& feedback) { pads.put(launch, feedback); }};
}

}  // namespace

GameStreamSession::GameStreamSession(LaunchId launch, session::Roster::Seat seat, StreamPlan plan,
                                     const StreamSurroundings& around)
    : number_(seat.number),
      mode_(plan.mode),
      began_at_(around.clock.now()),
      wire_offset_(wire_offset_now()),
      desk_(std::move(seat.desk)) {
  pipeline::Backends backends = around.backends;
  // The desk takes the place of the display's own backend.
  backends.open_display = [desk = desk_, use = seat.use](const display::DisplayRequest& request) {
    return desk->lease(request, use);
  };
  backends.input_target = [desk = desk_] { return desk->input_target(); };
  plan.video_outlet.began_at = began_at_;
  const auto open_outlet =
      [&](session::SessionParts& parts) -> std::unique_ptr<pipeline::FrameOutlet> {
    auto outlet = std::make_unique<VideoOutlet>(plan.video_outlet, around.sockets.video(), parts,
                                                around.clock);
    video_ = outlet.get();
    return outlet;
  };
  const auto sounds = sound(plan, around);
  session_ = std::make_unique<session::Session>(
      fmt::format("session {}", number_), std::move(plan.video), sounds, std::move(backends),
      plan.bitrate_kbps, open_outlet, around.board, around.clock,
      events_of(launch, around.news, around.pad_feedback));
}

std::optional<session::SessionSound> GameStreamSession::sound(const StreamPlan& plan,
                                                              const StreamSurroundings& around) {
  if (!plan.audio || !around.backends.open_sound) return std::nullopt;
  return session::SessionSound{
      .work = *plan.audio,
      .open_outlet = [&](session::SessionParts& parts) -> std::unique_ptr<pipeline::AudioOutlet> {
        auto outlet = std::make_unique<AudioOutlet>(plan.audio_outlet, around.sockets.audio(),
                                                    plan.audio_dscp, parts.sound);
        audio_ = outlet.get();
        return outlet;
      }};
}

void GameStreamSession::on_video_peer(const Endpoint& peer) {
  if (played_) {
    video_->on_peer(peer);
  } else {
    video_peer_ = peer;
  }
}

// Its pings begin before PLAY; what comes early is thrown away by the client.
void GameStreamSession::on_audio_peer(const Endpoint& peer) {
  if (audio_ != nullptr) audio_->on_peer(peer);
}

void GameStreamSession::play() {
  played_ = true;
  if (video_peer_) video_->on_peer(*std::exchange(video_peer_, std::nullopt));
}

session::Ending GameStreamSession::take_ending(const input::InputCounts& input) {
  return {.number = number_,
          .desk = std::move(desk_),
          .session = std::move(session_),
          .mode = mode_,
          .wire_offset = wire_offset_,
          .began_at = began_at_,
          .input = input};
}

}  // namespace pf::gamestream
