// The client's half of the video in simulated time: what its receive thread and its decoder do,
// with the real opener, reassembler, error correction and frame gate
// (core/endpoint/media_receiver.cpp is the same with threads). The decoder takes no time.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <variant>

#include "core/control/client_session.h"
#include "core/crypto/sealer.h"
#include "core/fec/fec_codec.h"
#include "core/message/handshake.h"
#include "core/video/frame_gate.h"
#include "core/video/reassembler.h"
#include "core/wire/v1/punch.h"
#include "sim/checkers.h"
#include "sim/fake_decoder.h"
#include "sim/link.h"
#include "sim/sabotage.h"

namespace pf::sim {

class ClientVideo {
 public:
  using News = std::variant<control::FrameGap, control::FrameArrived, control::DecoderStumbled,
                            control::FrameReceived, control::FillerSeen>;

  // `out` leads to the host; it and `checkers` outlive this. Times are the client's, but for `out`.
  ClientVideo(const message::Welcome& welcome, std::uint64_t seed, Sabotage sabotage, Link& out,
              Checkers& checkers, LocalTime now);

  void take_datagram(MutableBytes datagram, LocalTime now);
  void handle_timeout(LocalTime now);
  LocalTime next_timeout() const;

  std::optional<News> poll_news();
  control::ReceptionTotals totals() const;

  const video::ReceptionCounters& reception() const noexcept { return reassembler_.counters(); }
  const crypto::Opener::Counters& opened() const noexcept { return opener_.counters(); }

 private:
  static constexpr int kSilentUnits = 3;  // without a picture, in a row: the decoder needs help

  void punch_if_due(LocalTime now);
  void take_frame(video::ReassembledFrame frame, LocalTime now);
  void apply_gate();
  void show(video::ReassembledFrame frame);
  void release(video::ReassembledFrame& frame);

  const Sabotage sabotage_;
  Link& out_;
  Checkers& checkers_;
  const std::unique_ptr<fec::FecCodec> codec_;
  crypto::Opener opener_;
  video::Reassembler reassembler_;
  video::FrameGate gate_;
  FakeDecoder decoder_;
  wire::v1::PunchSchedule punches_;
  int silent_units_ = 0;
  std::deque<News> news_;
};

}  // namespace pf::sim
