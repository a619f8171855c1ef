#include "host/gamestream/server/gamestream_door.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include "core/runtime/latest.h"
#include "core/runtime/log.h"
#include "host/gamestream/server/control_server.h"
#include "host/gamestream/server/rtsp_server.h"
#include "host/gamestream/server/streams.h"

namespace pf::gamestream {
namespace {

constexpr Nanos kDoorPatience = milliseconds(100);
// For clients to hear that it is over; on a local network it takes some milliseconds.
constexpr Nanos kGoodbye = milliseconds(500);

// Distances from the base port (docs/protocol/gamestream.md section 1).
constexpr int kVideo = 9, kControl = 10, kAudio = 11, kRtsp = 21;

Endpoint at_distance(const Endpoint& base, int distance) {
  const int port = base.port() == 0 ? 0 : base.port() + distance;
  return base.with_port(static_cast<std::uint16_t>(port));
}

struct Servers {
  std::unique_ptr<MediaSockets> sockets;
  std::unique_ptr<ControlServer> control;
};

class Door final : public GameStreamDoor {
 public:
  Door(GameStreamDoorParams params, Servers servers, trust::TrustRegistry& trust,
       session::Roster& roster, HealthBoard& board, const Clock& clock)
      : params_(std::move(params)),
        clock_(clock),
        trust_(trust),
        roster_(roster),
        servers_(std::move(servers)),
        link_(roster, session::Door::gamestream, bell_),
        streams_({.offer = params_.streams, .display_of = params_.display_of},
                 {.backends = params_.backends,
                  .sockets = *servers_.sockets,
                  .news = news_,
                  .pad_feedback = pad_feedback_,
                  .board = board,
                  .clock = clock},
                 *servers_.control, roster, trust, box_) {}

  Result<void> start(HealthBoard& board) {
    PF_TRY(rtsp_, RtspServer::open({.listen = at_distance(params_.listen, kRtsp),
                                    .offer = params_.offer,
                                    .ports = ports()},
                                   callbacks()));
    trust_.ring_on_change(bell_);
    control_thread_.emplace(ThreadSpec{"gamestream control", ThreadRole::control}, BackoffPolicy{},
                            bell_, board, clock_, [this](Shift& shift) { return control(shift); });
    return {};
  }

  ~Door() override {
    if (!control_thread_) return;
    trust_.stop_ringing(bell_);
    control_thread_.reset();
  }

  void set_streams(StreamOffer streams) override {
    new_streams_.put(std::move(streams));
    bell_.ring();
  }
  LaunchBox& launches() noexcept override { return box_; }
  std::uint16_t rtsp_port() const noexcept override { return rtsp_->address().port(); }

 private:
  MediaPorts ports() const noexcept {
    return {.video = servers_.sockets->video().local().port(),
            .control = servers_.control->address().port(),
            .audio = servers_.sockets->audio().local().port()};
  }

  RtspCallbacks callbacks() {
    return {.launches = [this] { return streams_.launches(); },
            .heard = [this](LaunchId launch) { streams_.heard(launch, clock_.now()); },
            .announce =
                [this](LaunchId launch, const StreamRequest& request) {
                  return streams_.announce(launch, request, clock_.now());
                },
            .play = [this](LaunchId launch) { streams_.play(launch); }};
  }

  Result<void> control(Shift& shift) {
    shift.opened();
    while (!shift.over()) {
      turn_all(clock_.now());
      sleep(clock_.now());
    }
    say_goodbye();
    return {};
  }

  void turn_all(LocalTime now) {
    if (auto streams = new_streams_.take()) streams_.set_offer(*std::move(streams));
    servers_.sockets->turn(
        [&](LaunchId launch, const Endpoint& peer) { streams_.on_video_peer(launch, peer); },
        [&](LaunchId launch, const Endpoint& peer) { streams_.on_audio_peer(launch, peer); });
    if (const auto due = streams_.next_timeout(); due && *due <= now) streams_.handle_timeout(now);
    while (auto ask = box_.poll()) streams_.answer(*std::move(ask), now);
    while (const auto news = news_.poll()) streams_.hear(*news, now);
    for (const PadNews& news : pad_feedback_.take()) streams_.hear(news, now);
    while (const auto news = roster_.poll(session::Door::gamestream))
      streams_.on_roster(*news, now);
    streams_.watch_access(now);
    rtsp_->turn(now);
    turn_control(now);
  }

  // What streams have just said to their clients leaves in the same turn.
  void turn_control(LocalTime now) {
    servers_.control->turn(now);
    while (const auto news = servers_.control->poll()) streams_.on_control(*news, now);
  }

  void sleep(LocalTime now) {
    Nanos wait = kDoorPatience;
    for (const auto& due :
         {rtsp_->next_timeout(), servers_.control->next_timeout(), streams_.next_timeout()}) {
      if (due) wait = std::min<Nanos>(wait, *due - now);
    }
    wait = std::max(wait, Nanos(0));
    std::array<pollfd, 5> handles{};
    const std::array<int, 5> all{bell_.poll_handle(), servers_.sockets->video().poll_handle(),
                                 servers_.sockets->audio().poll_handle(), rtsp_->poll_handle(),
                                 servers_.control->poll_handle()};
    for (std::size_t i = 0; i < all.size(); ++i) handles[i] = {all[i], POLLIN, 0};
    const timespec timeout{.tv_sec = wait.count() / 1'000'000'000,
                           .tv_nsec = wait.count() % 1'000'000'000};
    ppoll(handles.data(), handles.size(), &timeout, nullptr);
    bell_.take();
  }

  void say_goodbye() {
    const LocalTime until = clock_.now() + kGoodbye;
    streams_.end_all(clock_.now());
    turn_control(clock_.now());
    for (LocalTime now = clock_.now(); now < until && servers_.control->saying_farewell();
         now = clock_.now()) {
      sleep(now);
      turn_control(clock_.now());
    }
  }

  const GameStreamDoorParams params_;
  const Clock& clock_;
  trust::TrustRegistry& trust_;
  session::Roster& roster_;
  Doorbell bell_;
  LaunchBox box_{bell_};       // nvhttp → control
  StreamNewsBox news_{bell_};  // workers → control
  PadFeedbackBox pad_feedback_{bell_};
  const Servers servers_;
  session::DoorLink link_;  // ends after streams_, which gives its sessions back

  // Control thread.
  Latest<StreamOffer> new_streams_;
  Streams streams_;
  std::unique_ptr<RtspServer> rtsp_;

  std::optional<SupervisedThread> control_thread_;  // ends first
};

}  // namespace

Result<std::unique_ptr<GameStreamDoor>> GameStreamDoor::open(GameStreamDoorParams params,
                                                             trust::TrustRegistry& trust,
                                                             session::Roster& roster,
                                                             HealthBoard& board,
                                                             const Clock& clock) {
  const Endpoint& listen = params.listen;
  if (!listen.is_ipv4())
    return fail(ErrorKind::malformed, "GameStream listens on IPv4 only, not on {}",
                listen.to_string());
  Servers servers;
  PF_TRY(servers.sockets,
         MediaSockets::open(at_distance(listen, kVideo), at_distance(listen, kAudio), clock));
  PF_TRY(servers.control, ControlServer::open(at_distance(listen, kControl)));
  auto door =
      std::make_unique<Door>(std::move(params), std::move(servers), trust, roster, board, clock);
  PF_TRY_VOID(door->start(board));
  return std::unique_ptr<GameStreamDoor>(std::move(door));
}

}  // namespace pf::gamestream
