// One connection of the native door: its control stream, its session machine and, once planned, its
// session; or its pairing. Carries out what the machine says. Control thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/control/host_session.h"
#include "core/quic/server.h"
#include "core/wire/v1/control_stream.h"
#include "host/native/gatekeeper.h"
#include "host/native/native_pairing.h"
#include "host/native/planned_session.h"
#include "host/native/session_book.h"

namespace pf::pipeline {
class MicWorker;
}

namespace pf::native {

// What all connections of a door share; outlives them.
struct ClientSurroundings {
  quic::QuicServer& server;
  SessionBook& book;
  trust::TrustRegistry& trust;
  Rng& rng;
  crypto::Fingerprint host{};  // of the door's certificate
  // Ends another client's session.
  std::function<void(unsigned session, message::CloseCode code, const std::string& text)>
      end_session;
  bool open = false;                          // admit clients that are not paired
  pipeline::MicWorker* microphone = nullptr;  // null: there is none
};

class NativeClient {
 public:
  NativeClient(quic::ConnectionHandle handle, const quic::Connected& connected,
               const ClientSurroundings& surroundings, LocalTime now);
  // Gives its session to the book, to be ended.
  ~NativeClient();
  NativeClient(const NativeClient&) = delete;
  NativeClient& operator=(const NativeClient&) = delete;

  void on_event(const quic::Event& event, LocalTime now);
  // Of this client's own session.
  void hear(News& news, LocalTime now);
  enum class Desktop : std::uint8_t { lingers, ends };
  // The operator or another client ends it. Its desktop may linger as after a loss, or ends too.
  void end_session(message::CloseCode code, std::string text, Desktop desktop, LocalTime now);
  // The operator wishes something of its session.
  void steer(const session::OperatorWish& wish, LocalTime now);

  // Lets the machine speak. What it says to the peer waits in the server to be polled.
  void turn(LocalTime now);
  std::optional<LocalTime> next_timeout() const;
  bool over() const noexcept { return pairing_ ? pairing_->over() : machine_.over(); }
  // Empty: it has none, or none any more.
  std::optional<unsigned> session_number() const noexcept;

 private:
  void watch_path(LocalTime now);
  void plan(message::Hello hello, LocalTime now);
  Result<std::unique_ptr<PlannedSession>> start(const message::Hello& hello, LocalTime now);
  std::optional<plan::SoundPlace> sound_place() const;

  void send_sound(LocalTime now);
  recorder::SessionTrace& trace();  // of planned_
  void hear_voice(Bytes datagram);
  void end_voice();

  // To whichever machine has the connection.
  template <class What>
  void tell(What what, LocalTime now);

  void apply(control::ApprovalWanted& wanted, LocalTime now);
  void apply(control::PairingWanted& wanted, LocalTime now);
  void apply(control::SendControl& send, LocalTime now);
  void apply(control::PlanWanted& wanted, LocalTime now);
  void apply(control::StartMedia& start, LocalTime now);
  void apply(control::RefreshWanted& refresh, LocalTime now);
  void apply(control::LossSeen& loss, LocalTime now);
  void apply(control::RateTarget& rate, LocalTime now);
  void apply(control::ModeWanted& wanted, LocalTime now);
  void apply(control::ShardSizeWanted& wanted, LocalTime now);
  void apply(control::PathLearned& path, LocalTime now);
  void apply(control::FramesReported& reported, LocalTime now);
  void apply(control::FramesLost& lost, LocalTime now);
  void apply(control::PhaseShift& shift, LocalTime now);
  void apply(control::RunSpeedTest& test, LocalTime now);
  void apply(control::InjectInput& input, LocalTime now);
  void apply(control::ReleaseInput& release, LocalTime now);
  void apply(control::StopMedia& stop, LocalTime now);
  void apply(control::Close& close, LocalTime now);
  void apply(control::HostSessionOver& over, LocalTime now);

  void on(Opened& opened, LocalTime now);
  void on(Healing& healing, LocalTime now);
  void on(Ended& ended, LocalTime now);
  void on(Sent& sent, LocalTime now);
  void on(Tested& tested, LocalTime now);

  const quic::ConnectionHandle handle_;
  const ClientSurroundings& around_;
  const Applicant applicant_;
  Gatekeeper gatekeeper_;
  wire::v1::ControlStream stream_{wire::v1::ControlStream::End::host};
  control::HostSession machine_;
  std::optional<NativePairing> pairing_;  // in place of machine_, once the client asked for it
  std::unique_ptr<PlannedSession> planned_;
  struct Waiting {  // for the port of a session that is ending
    message::Hello hello;
    LocalTime retry_at;
  };
  std::optional<Waiting> waiting_;
  Desktop desktop_ = Desktop::lingers;
  std::size_t proven_udp_bytes_ = 0;  // of the path, as far as the machine knows
};

}  // namespace pf::native
