// The host of one connection in simulated time: the real session machine and codec over a stream
// link, and the video that it starts and stops. What the native door does with threads and QUIC
// (host/native/native_door.cpp) happens here in one.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "core/base/rng.h"
#include "core/control/host_session.h"
#include "core/video/fec_adaptation.h"
#include "core/wire/v1/control_stream.h"
#include "sim/host_video.h"
#include "sim/stream_link.h"

namespace pf::sim {

// What a plan leaves to chance here: small shards make many packets of little work.
struct VideoShape {
  std::uint16_t shard_bytes = 0;  // 0: as planned
  message::FecScheme scheme = message::FecScheme::gf16;
};

class HostEnd {
 public:
  struct Params {
    std::uint64_t seed = 0;
    plan::HostOffer offer;
    Endpoint client;                     // as QUIC has authenticated it
    std::uint32_t proven_udp_bytes = 0;  // by QUIC, of the way to it
    VideoShape shape;
    Sabotage sabotage = Sabotage::none;
  };
  // The ways to the client. They, `rng` and `checkers` outlive the end.
  struct Ways {
    StreamLink& control;
    Link& media;
  };
  // The QUIC handshake is complete now.
  HostEnd(const Params& params, const Ways& ways, Rng& rng, Checkers& checkers, LocalTime now);

  void take_control(StreamLink::Delivery delivery, LocalTime now);
  void take_datagram(Bytes datagram, const Endpoint& source, LocalTime now);
  void end_session(message::CloseCode code, std::string text, LocalTime now);

  void set_still(bool still);  // the screen

  void handle_timeout(LocalTime now);
  std::optional<LocalTime> next_timeout(LocalTime now) const;

  bool streaming() const noexcept { return session_.streaming(); }
  bool over() const noexcept { return session_.over(); }
  // Of a session that is over: a client that returns finds its desktop.
  bool keeps_for_return() const noexcept { return keeps_for_return_; }
  // What the encoder aims at; 0: there is no video.
  std::uint32_t bitrate_kbps() const noexcept { return video_ ? video_->bitrate_kbps() : 0; }
  std::uint64_t keyframes() const noexcept { return keyframes_; }
  std::uint8_t most_fec_percent() const noexcept { return most_fec_percent_; }
  // What the session has learned of its path; 0: nothing yet.
  std::uint32_t learned_udp_bytes() const noexcept { return learned_udp_bytes_; }

 private:
  void turn(LocalTime now);
  plan::SessionPlan shaped(plan::SessionPlan plan) const;
  void read(Bytes bytes, LocalTime now);

  void apply(const control::SendControl& send, LocalTime now);
  void apply(const control::ApprovalWanted& wanted, LocalTime now);
  void apply(const control::PairingWanted& wanted, LocalTime now);
  void apply(const control::PlanWanted& wanted, LocalTime now);
  void apply(const control::StartMedia& start, LocalTime now);
  void apply(const control::RefreshWanted& refresh, LocalTime now);
  void apply(const control::LossSeen& loss, LocalTime now);
  void apply(const control::RateTarget& rate, LocalTime now);
  void apply(const control::ModeWanted& wanted, LocalTime now);
  void apply(const control::ShardSizeWanted& wanted, LocalTime now);
  void apply(const control::PathLearned& path, LocalTime now);
  void apply(const control::FramesReported&, LocalTime) {}  // nobody records
  void apply(const control::FramesLost&, LocalTime) {}
  void apply(const control::PhaseShift&, LocalTime) {}  // pictures come when they come
  void apply(const control::RunSpeedTest& test, LocalTime now);
  void apply(const control::InjectInput&, LocalTime) {}  // nobody sits at this desktop
  void apply(const control::ReleaseInput&, LocalTime) {}
  void apply(const control::StopMedia& stop, LocalTime now);
  void apply(const control::Close& close, LocalTime now);
  void apply(const control::HostSessionOver& over, LocalTime now);

  const Params params_;
  const Ways ways_;
  Rng& rng_;
  Checkers& checkers_;
  control::HostSession session_;
  wire::v1::ControlStream stream_{wire::v1::ControlStream::End::host};
  std::unique_ptr<HostVideo> video_;  // from the plan to its end
  std::optional<video::FecAdaptation> fec_;
  std::optional<message::CloseCode> close_code_;  // said or heard
  bool keeps_for_return_ = true;
  bool still_ = false;
  std::uint64_t keyframes_ = 0;
  std::uint8_t most_fec_percent_ = 0;
  std::uint32_t learned_udp_bytes_ = 0;
};

}  // namespace pf::sim
