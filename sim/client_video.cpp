#include "sim/client_video.h"

#include <algorithm>
#include <utility>

#include "core/video/block_codec.h"
#include "core/wire/v1/packet_header.h"
#include "sim/clocks.h"

namespace pf::sim {
namespace {

constexpr std::uint64_t kSabotagedEvery = 60;  // frames

message::PacketLimits limits_of(const message::Welcome& welcome) {
  return wire::v1::packet_limits(
      welcome.fec, welcome.shard_bytes,
      video::max_frame_bytes(welcome.bitrate_kbps, welcome.mode.refresh.hz()));
}

}  // namespace

ClientVideo::ClientVideo(const message::Welcome& welcome, std::uint64_t seed, Sabotage sabotage,
                         Link& out, Checkers& checkers, LocalTime now)
    : sabotage_(sabotage),
      out_(out),
      checkers_(checkers),
      codec_(video::make_block_codec(welcome.fec.scheme, limits_of(welcome))),
      opener_(crypto::KeySource::aes128_gcm(welcome.keys.aes128, welcome.keys.salt,
                                            crypto::Direction::host_to_client),
              wire::v1::sealed_packets(welcome.fec.scheme)),
      reassembler_(wire::v1::sealed_packets(welcome.fec.scheme), limits_of(welcome), *codec_),
      decoder_(seed),
      punches_(now) {}

void ClientVideo::take_datagram(MutableBytes datagram, LocalTime now) {
  const auto packet = opener_.open(datagram);
  if (packet) {
    const std::uint64_t filler_before = reassembler_.probe_counters().received;
    if (auto frame = reassembler_.push(*packet, now)) take_frame(*std::move(frame), now);
    const std::uint64_t filler = reassembler_.probe_counters().received;
    if (filler != filler_before) news_.push_back(control::FillerSeen{now, filler});
  }
  checkers_.on_memory(reassembler_.memory_used_bytes());
  apply_gate();
}

void ClientVideo::take_frame(video::ReassembledFrame frame, LocalTime now) {
  if ((frame.flags & message::frame_flags::kProbe) != 0) return release(frame);
  news_.push_back(control::FrameReceived{
      .pts = frame.pts,
      .first_received = frame.first_received_at,
      .received = frame.last_received_at,
      .frame_bytes = static_cast<std::uint32_t>(frame.bytes.size()),
      .packet_count = frame.packet_count,
      .from_slices = (frame.flags & message::frame_flags::kSliceStream) != 0});
  if (sabotage_ == Sabotage::byte_changed && value(frame.id) % kSabotagedEvery == 1) {
    frame.bytes[frame.bytes.size() / 2] ^= std::byte{1};
  }
  if (sabotage_ == Sabotage::gate_bypassed) {
    show(std::move(frame));
  } else {
    gate_.complete(std::move(frame), now);
  }
}

void ClientVideo::handle_timeout(LocalTime now) {
  punch_if_due(now);
  gate_.handle_timeout(now);
  apply_gate();
}

LocalTime ClientVideo::next_timeout() const {
  const std::optional<LocalTime> gate = gate_.next_timeout();
  return gate ? std::min(*gate, punches_.due()) : punches_.due();
}

void ClientVideo::punch_if_due(LocalTime now) {
  if (now < punches_.due()) return;
  out_.send(as_bytes(wire::v1::kPunch), to_world(now));
  punches_.on_sent(now);
}

void ClientVideo::apply_gate() {
  while (auto output = gate_.poll()) {
    if (auto* shown = std::get_if<video::FrameGate::Show>(&*output)) {
      show(std::move(shown->frame));
    } else if (auto* discarded = std::get_if<video::FrameGate::Discard>(&*output)) {
      release(discarded->frame);
    } else if (const auto* gap = std::get_if<video::FrameGate::Gap>(&*output)) {
      news_.push_back(
          control::FrameGap{.first_frame = static_cast<std::uint32_t>(value(gap->missing.first)),
                            .last_frame = static_cast<std::uint32_t>(value(gap->missing.last))});
    }
  }
}

void ClientVideo::show(video::ReassembledFrame frame) {
  const bool keyframe = (frame.flags & message::frame_flags::kKeyFrame) != 0;
  const Decoded decoded = decoder_.decode(frame.id, frame.bytes);
  checkers_.on_shown(frame.id, decoded);
  if (keyframe) {
    news_.push_back(control::FrameArrived{.frame = static_cast<std::uint32_t>(value(frame.id)),
                                          .keyframe = true});
  }
  release(frame);
  silent_units_ = decoded == Decoded::good ? 0 : silent_units_ + 1;
  if (silent_units_ < kSilentUnits) return;
  silent_units_ = 0;
  gate_.decoder_lost();
  news_.push_back(control::DecoderStumbled{});
}

void ClientVideo::release(video::ReassembledFrame& frame) {
  if (sabotage_ != Sabotage::frames_kept) reassembler_.release(frame);
}

std::optional<ClientVideo::News> ClientVideo::poll_news() {
  if (news_.empty()) return std::nullopt;
  News news = news_.front();
  news_.pop_front();
  return news;
}

control::ReceptionTotals ClientVideo::totals() const {
  const video::ReceptionCounters& seen = reassembler_.counters();
  return {.received = seen.received,
          .recovered = seen.recovered,
          .late = seen.late,
          .frames_dropped = seen.frames_dropped,
          .packets_sent = opener_.newest_number() ? *opener_.newest_number() + 1 : 0,
          .packets_opened = opener_.counters().opened};
}

}  // namespace pf::sim
