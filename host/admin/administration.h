// What an operator may ask of a running host: one method for each, whatever way the question comes
// in (the Unix socket today, HTTPS later).
//
// Any thread. Nothing here is for the frame path; what changes the list of paired devices waits for
// the disk. Errors: `unavailable` there is no such thing, `malformed` the question makes no sense,
// `refused` policy, anything else a failure of the machine.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/runtime/health_board.h"
#include "core/runtime/log_ring.h"
#include "host/access/access_store.h"
#include "host/admin/equipment.h"
#include "host/admin/library_control.h"
#include "host/config/live_config.h"
#include "host/doctor/doctor_status.h"
#include "host/gamestream/server/pin_entry.h"
#include "host/pipeline/mic_status.h"
#include "host/session/operator_wish.h"
#include "host/session/session_status.h"
#include "host/session/work_counts.h"
#include "host/stills/still.h"
#include "host/trust/trust_registry.h"

namespace pf::recorder {
class Recorder;
}
namespace pf::blackbox {
class BlackBox;
}

namespace pf::admin {

// What does not change while the host runs; status() fills in what settings say of it.
struct HostFacts {
  std::string version;
  std::string name;     // of the machine; settings may give another, which status() tells
  std::string id;       // 32 hexadecimal digits
  std::string address;  // of the QUIC socket
  crypto::Fingerprint fingerprint{};
  bool open = false;       // admits devices that never paired
  std::string gamestream;  // address of its HTTP server; empty: not served
};

// Moonlight clients that wait for their PINs. Empty functions: GameStream is not served. Any
// thread.
struct PinControl {
  std::function<std::vector<gamestream::PinWaiting>()> waiting;
  std::function<Result<gamestream::PinTicket>(const gamestream::PinEntry& entry)> enter;
  std::function<std::optional<gamestream::PinOutcome>()> last;
};

// The doors' sessions, seen from here. Any thread.
struct SessionControl {
  std::function<std::vector<session::SessionStatus>()> list;
  std::function<Result<void>(unsigned number)> end;
  std::function<Result<void>(unsigned number, const session::OperatorWish& wish)> steer;
  std::function<session::WorkCounts()> work;
  // Nothing, or an empty function: the host offers none.
  std::function<std::optional<pipeline::MicStatus>()> microphone;
};

// Pictures of what sessions show (host/stills/still_maker.h). Any thread.
struct StillControl {
  std::function<Result<std::shared_ptr<const stills::Still>>(unsigned session)> newest;
  std::function<stills::StillCost()> cost;
};

// What the host has logged. Any thread.
struct LogControl {
  const LogRing* ring = nullptr;  // null: nothing is kept
  std::function<log::Level()> level;
  std::function<void(log::Level least)> set_level;
};

// What the rest of the host lets an operator do, a member for each part. Functions that are empty:
// this host has no such part. Called from any thread.
struct Controls {
  SessionControl sessions;
  PinControl pins;
  EquipmentControl equipment;
  StillControl stills;
  LogControl logs;
  recorder::Recorder* recorder = nullptr;  // none: nothing is recorded; outlives the others
  blackbox::BlackBox* blackbox = nullptr;  // likewise
  doctor::DoctorControl doctor;
  LibraryControl library;
};

struct HostStatus {
  HostFacts facts;
  Nanos uptime{0};
  std::vector<HealthRow> health;
  std::size_t sessions = 0, devices = 0, knocks = 0, pins = 0;  // those that wait for a PIN
  bool pairing_armed = false;
  std::optional<pipeline::MicStatus> microphone;
};

class Administration {
 public:
  // The references outlive it.
  Administration(HostFacts facts, Controls controls, config::LiveConfig& settings,
                 trust::TrustRegistry& trust, access::AccessStore& access, const HealthBoard& board,
                 const Clock& clock);

  HostStatus status() const;

  trust::ArmedPairing arm_pairing(const trust::ArmRequest& request);
  void disarm_pairing();
  trust::PairingStatus pairing() const;

  std::vector<gamestream::PinWaiting> pins() const;
  // `unavailable`: nobody waits, or GameStream is not served. What comes of it: last_pin().
  Result<gamestream::PinTicket> enter_pin(const gamestream::PinEntry& entry);
  std::optional<gamestream::PinOutcome> last_pin() const;

  std::vector<trust::Knock> knocks() const;
  // `which` is the number of a knock, or what device() takes.
  Result<trust::Device> approve(std::string_view which, const trust::Access& access);
  Result<trust::Knock> deny(std::string_view which);

  std::vector<trust::Device> devices() const;
  // By its whole name, or by the beginning of its fingerprint (at least kMinPrefix digits); one
  // device must be meant.
  Result<trust::Device> device(std::string_view which) const;
  // What is empty stays as it is. Gives the device as it is now.
  struct AccessChange {
    std::optional<message::Grants> grants;
    std::optional<std::optional<WireTime>> expires_at;  // none inside: never
  };
  Result<trust::Device> set_access(std::string_view which, const AccessChange& change);
  // Empty: as the host's setting says.
  Result<trust::Device> set_play_on(std::string_view which, std::optional<trust::PlayOn> play_on);
  Result<trust::Device> rename(std::string_view which, std::string_view name);
  Result<trust::Device> unpair(std::string_view which);

  std::vector<session::SessionStatus> sessions() const;
  Result<void> stop_session(unsigned number);
  // It is on its way when this returns; sessions() tells what came of it.
  Result<void> steer_session(unsigned number, const session::OperatorWish& wish);

  const Controls& controls() const noexcept { return controls_; }
  // What is in force, and the file behind it. Any thread.
  config::LiveConfig& settings() const noexcept { return settings_; }
  // Any thread, like this.
  access::AccessStore& access() const noexcept { return access_; }

  // For whoever turns instants into spans and dates.
  trust::Moment now() const;

  static constexpr std::size_t kMinPrefix = 4;

 private:
  Result<trust::Knock> knock(std::string_view which) const;

  const HostFacts facts_;
  const Controls controls_;
  config::LiveConfig& settings_;
  trust::TrustRegistry& trust_;
  access::AccessStore& access_;
  const HealthBoard& board_;
  const Clock& clock_;
  const LocalTime started_;
};

}  // namespace pf::admin
