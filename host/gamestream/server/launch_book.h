// Which device has launched what: who is about to come over RTSP, who streams, and whose app runs
// on without a stream. It decides whether the host is FREE or BUSY.
//
// Each device has a desktop of its own, so "busy" is said of one device: it sees its own app, not
// its neighbour's. Pure: the time is an argument. Owned by the door's control thread; the nvhttp
// server reaches it through the LaunchBox and reads what was published there.
// Source: docs/protocol/gamestream.md sections 6 and 11.
//
//   launch ──> waiting ──on_started──> streaming ──on_stream_over(stays)──> paused
//                 │ kPatience             │                                    │  │
//                 v                       v on_stream_over(ended), cancel      │  │ resume
//               over <────────────────────┴────────────────────────────────────┘  └──> waiting
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "host/gamestream/server/launch.h"

namespace pf::gamestream {

// An app that runs for a device: with it, that device's host is BUSY.
struct RunningApp {
  trust::Fingerprint device{};
  std::string device_name;
  App app;
};

class LaunchBook {
 public:
  // Streams are bounded by session.max_clients; this bounds launches whose client never comes.
  static constexpr std::size_t kMaxLaunches = 64;
  // From the answer to the first RTSP request, and from one request to the next. Clients that find
  // the port closed try again for 10 s, and wait 15 s for each answer.
  static constexpr Nanos kPatience = seconds(15);

  // `refused`: the device's app runs already. One that merely waits for its RTSP begins again: its
  // client has forgotten it. `exhausted`: too many are about to begin.
  Result<LaunchId> launch(Launch launch, LocalTime now);
  // A new stream, with new keys, to the app that runs; a stream of it that still lives is over.
  // `unavailable`: no app runs for this device.
  Result<LaunchId> resume(Launch launch, LocalTime now);

  // nullptr: over. Valid until the next call that is not const.
  const Launch* find(LaunchId id) const;
  // Those that RTSP may be spoken for, oldest first: they wait or stream. The key that opens a
  // request, or the address it came from, tells which.
  std::vector<const Launch*> open() const;

  // The client spoke over RTSP: it is given more time.
  void on_rtsp(LaunchId id, LocalTime now);
  // Its session was started; from now on whoever runs that decides when it is over.
  void on_started(LaunchId id);
  enum class AppState : std::uint8_t { stays, ended };
  // Not of a launch that was superseded meanwhile: that changes nothing.
  void on_stream_over(LaunchId id, AppState app);
  // The app's end, also of one without a stream.
  void on_app_over(LaunchId id);

  // /cancel, or the device is no longer paired: FREE from now on. False: nothing ran.
  bool cancel(const trust::Fingerprint& device);

  std::vector<RunningApp> running() const;

  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;

  // What has to be ended outside: the stream of the launch, and unless `app_stays` its app. Each
  // launch is told of once, unless its end came from outside.
  struct Over {
    LaunchId id{};
    trust::Fingerprint device{};
    enum class Why : std::uint8_t { superseded, expired, cancelled } why = Why::expired;
    bool app_stays = false;
  };
  std::optional<Over> poll_over();

 private:
  enum class State : std::uint8_t { waiting, streaming, paused };
  struct Entry {
    Launch launch;
    State state = State::waiting;
    bool app_runs = false;  // also without this launch's stream
    LocalTime until;        // while waiting
  };
  using Entries = std::map<trust::Fingerprint, Entry>;

  LaunchId put(Launch launch, bool app_runs, LocalTime now);
  Entries::iterator find_entry(LaunchId id);

  Entries entries_;  // one for each device
  std::uint64_t last_id_ = 0;
  std::vector<Over> overs_;
};

}  // namespace pf::gamestream
