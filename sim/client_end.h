// The client of one connection in simulated time: the real session machine and codec over a stream
// link, and the video that it receives (core/endpoint/client_endpoint.cpp is the same with threads
// and QUIC). Times are the client's own.
#pragma once

#include <cstdint>
#include <optional>

#include "core/control/client_session.h"
#include "core/wire/v1/control_stream.h"
#include "sim/client_video.h"
#include "sim/stream_link.h"

namespace pf::sim {

class ClientEnd {
 public:
  struct Params {
    std::uint64_t seed = 0;
    message::Hello hello;
    bool adaptive = true;          // false: what its machine thinks of the rate is not said
    std::uint16_t media_port = 0;  // of its own socket; a NAT may show another one
    Sabotage sabotage = Sabotage::none;
  };
  // The ways to the host. They and `checkers` outlive the end.
  struct Ways {
    StreamLink& control;
    Link& media;
  };
  // The QUIC handshake is complete now: says Hello.
  ClientEnd(const Params& params, const Ways& ways, Checkers& checkers, LocalTime now);

  void take_control(StreamLink::Delivery delivery, LocalTime now);
  void take_datagram(MutableBytes datagram, LocalTime now);
  void say(const message::ControlMessage& message, LocalTime now);  // what no machine says here
  void leave(control::Leave how, LocalTime now);
  void test_speed(const control::SpeedTestWanted& wanted, LocalTime now);

  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout() const;

  bool streaming() const noexcept { return session_.streaming(); }
  bool over() const noexcept { return session_.over(); }
  std::optional<control::ClientEnd> ending() const noexcept { return ending_; }
  const std::optional<control::ModeAnswered>& mode_answer() const noexcept { return mode_answer_; }
  // Of the newest speed test.
  const std::optional<control::SpeedTested>& tested() const noexcept { return tested_; }
  bool clock_read() const noexcept { return clock_read_; }
  const control::Recovery& recovery() const noexcept { return session_.recovery(); }
  const ClientVideo* video() const noexcept { return video_ ? &*video_ : nullptr; }

 private:
  void turn(LocalTime now);
  void read(Bytes bytes, LocalTime now);
  void send(const message::ControlMessage& message, LocalTime now);

  void apply(const control::SendControl& send, LocalTime now);
  void apply(const control::OpenMedia& open, LocalTime now);
  void apply(const control::ClockUpdated& updated, LocalTime now);
  void apply(const control::RateChanged&, LocalTime) {}
  void apply(const control::ModeAnswered& answer, LocalTime) { mode_answer_ = answer; }
  void apply(const control::HostGap&, LocalTime) {}
  void apply(const control::MediaSilent&, LocalTime) {}
  void apply(const control::MediaBack&, LocalTime) {}
  void apply(const control::ShowPicture&, LocalTime) {}  // the gate holds back what is not good
  void apply(const control::SpeedTested& tested, LocalTime) { tested_ = tested; }
  void apply(const control::Close& close, LocalTime now);
  void apply(const control::ClientSessionOver& over, LocalTime now);

  const Params params_;
  const Ways ways_;
  Checkers& checkers_;
  control::ClientSession session_;
  wire::v1::ControlStream stream_{wire::v1::ControlStream::End::client};
  std::optional<ClientVideo> video_;
  std::optional<control::ModeAnswered> mode_answer_;
  std::optional<control::SpeedTested> tested_;
  std::optional<control::ClientEnd> ending_;
  std::optional<message::CloseCode> close_code_;  // said by us
  bool clock_read_ = false;
};

}  // namespace pf::sim
