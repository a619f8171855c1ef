// All launches and streams of the GameStream door: what is done when a launch is asked for, when a
// client announces its stream, when it leaves, when its application or its access ends. Decides and
// carries out; the door brings what happens. Control thread only.
//
//   launch_box ──┐                             ┌─> launch_book    who launched what
//   rtsp_server ─┤                             ├─> roster         places and desks, shared with the
//   control ─────┼─> gamestream_door ─> streams ┤                  native door
//   pings ───────┤                             ├─> gamestream_session   one stream's workers
//   workers, roster, trust ┘                   └─> control_server what its client is told
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "host/gamestream/server/control_server.h"
#include "host/gamestream/server/gamestream_session.h"
#include "host/gamestream/server/launch_box.h"
#include "host/trust/trust_registry.h"

namespace pf::gamestream {

struct StreamsParams {
  StreamOffer offer;
  // What runs for an application and what that needs; without a command a desktop alone. Mode and
  // user are the stream's.
  std::function<display::DisplayRequest(const App&)> display_of;
};

class Streams {
 public:
  // The references outlive it.
  Streams(StreamsParams params, const StreamSurroundings& around, ControlServer& control,
          session::Roster& roster, trust::TrustRegistry& trust, LaunchBox& box);
  ~Streams();

  // Of streams that are announced from now on.
  void set_offer(StreamOffer offer) { params_.offer = std::move(offer); }

  // --- nvhttp
  void answer(DoorAsk ask, LocalTime now);

  // --- RTSP
  std::vector<const Launch*> launches() const { return book_.open(); }
  void heard(LaunchId launch, LocalTime now) { book_.on_rtsp(launch, now); }
  Result<void> announce(LaunchId launch, const StreamRequest& request, LocalTime now);
  void play(LaunchId launch);

  // --- What comes over the network, and from the workers
  void on_control(const ControlNews& news, LocalTime now);
  void on_video_peer(LaunchId launch, const Endpoint& peer);
  void on_audio_peer(LaunchId launch, const Endpoint& peer);
  void hear(const StreamNews& news, LocalTime now);
  void hear(const PadNews& news, LocalTime now);

  // --- What others want
  void on_roster(const session::Roster::News& news, LocalTime now);
  void watch_access(LocalTime now);  // once in every turn

  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;

  // The host stops: clients are told, desktops end.
  void end_all(LocalTime now);

 private:
  using AppState = LaunchBook::AppState;
  using Desktop = session::Roster::Desktop;
  struct Stream {
    Stream(const Launch& launch, const StockClientRate::Params& asked, session::Roster::Seat seat,
           StreamPlan plan, const StreamSurroundings& around)
        : device(launch.device),
          grants(launch.grants),
          rate(asked),
          session(launch.id, std::move(seat), std::move(plan), around) {}

    trust::Fingerprint device;
    message::Grants grants;
    StockClientRate rate;
    std::optional<std::uint32_t> most_kbps;  // as the operator wishes
    GameStreamSession session;
  };
  // Between two looks at whether somebody's access has expired.
  static constexpr Nanos kAccessPeriod = seconds(1);
  // Between two thoughts about how much may be sent.
  static constexpr Nanos kRatePeriod = milliseconds(50);

  void ask(LaunchAsk& asked, LocalTime now);
  void ask(CancelAsk& asked, LocalTime now);
  Result<LaunchId> admit(Launch launch, LocalTime now);
  StreamOffer offer_for(const crypto::Fingerprint& fingerprint) const;
  Result<void> start(const Launch& launch, const StreamRequest& request, LocalTime now);
  void make_room(const plan::Admission& admission, LocalTime now);

  void on(Stream& stream, const StreamWanted& wanted, LocalTime now);
  void on(Stream& stream, const KeyframeWanted& wanted, LocalTime now);
  void on(Stream& stream, const InvalidateReferences& lost, LocalTime now);
  void on(Stream& stream, const FecStatus& status, LocalTime now);
  void on(Stream& stream, const RoundTrip& round_trip, LocalTime now);
  void on(Stream& stream, const InjectInput& input, LocalTime now);
  void on(Stream& stream, const ReleaseInput& release, LocalTime now);
  void on(Stream& stream, const PadReport& report, LocalTime now);
  // What nobody here acts on.
  template <class Other>
  void on(Stream&, const Other&, LocalTime) {}

  void steer(unsigned session, const session::OperatorWish& wish);
  void adapt(LocalTime now);
  void apply_rate(Stream& stream);

  void on(LaunchId launch, const StreamOpened& opened, LocalTime now);
  void on(LaunchId launch, const StreamEnded& ended, LocalTime now);

  Stream* find(LaunchId launch) noexcept;
  std::optional<LaunchId> launch_of(unsigned session) const noexcept;
  // Tells the client, and ends what it has.
  void end(LaunchId launch, TerminationReason reason, Desktop desktop, LocalTime now);
  // Likewise of a client that knows, or is gone.
  void bury(LaunchId launch, Desktop desktop, const input::InputCounts& input);
  // What the book wants ended. A device's desktop ends also where no stream shows it any more.
  void carry_out_overs(LocalTime now);
  void give_up_desks(const trust::Fingerprint& device);
  void publish() { box_.publish(book_.running()); }

  StreamsParams params_;
  const StreamSurroundings around_;
  ControlServer& control_;
  session::Roster& roster_;
  trust::TrustRegistry& trust_;
  LaunchBox& box_;
  LaunchBook book_;
  std::map<LaunchId, Stream> streams_;
  std::map<unsigned, trust::Fingerprint> waiting_desks_;  // by session: desktops without a stream
  std::uint64_t seen_changes_ = 0;                        // of the registry
  LocalTime access_due_, rate_due_;
};

}  // namespace pf::gamestream
