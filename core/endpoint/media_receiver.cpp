#include "core/endpoint/media_receiver.h"

#include <algorithm>
#include <array>

#include "core/base/check.h"
#include "core/runtime/log.h"
#include "core/runtime/system_clock.h"
#include "core/video/block_codec.h"
#include "core/wire/v1/packet_header.h"

namespace pf::endpoint {
namespace {

constexpr Nanos kPatience = milliseconds(100);
constexpr std::size_t kDatagramsAtOnce = 64;

message::PacketLimits limits_of(const message::Welcome& welcome) {
  return wire::v1::packet_limits(
      welcome.fec, welcome.shard_bytes,
      video::max_frame_bytes(welcome.bitrate_kbps, welcome.mode.refresh.hz()));
}

// The one codec whose pictures are worth showing with holes.
video::Incomplete incomplete_of(const message::Welcome& welcome) {
  return welcome.codec == message::VideoCodec::pyrowave ? video::Incomplete::handed_up
                                                        : video::Incomplete::dropped;
}

}  // namespace

Result<std::unique_ptr<MediaReceiver>> MediaReceiver::open(const Endpoint& host_media,
                                                           const message::Welcome& welcome,
                                                           Doorbell& control_bell,
                                                           HealthBoard& board, const Clock& clock) {
  if (!welcome.encrypted) return fail(ErrorKind::refused, "the host offers an unencrypted stream");
  const Endpoint any = host_media.is_ipv6() ? Endpoint::ipv6({}, 0) : Endpoint::any(0);
  PF_TRY(auto port, net::UdpPort::open(any, clock, {}));
  return std::unique_ptr<MediaReceiver>(
      new MediaReceiver(std::move(port), host_media, welcome, control_bell, board, clock));
}

MediaReceiver::MediaReceiver(std::unique_ptr<net::UdpPort> port, const Endpoint& host_media,
                             const message::Welcome& welcome, Doorbell& control_bell,
                             HealthBoard& board, const Clock& clock)
    : port_(std::move(port)),
      host_media_(host_media),
      control_bell_(control_bell),
      clock_(clock),
      codec_(video::make_block_codec(welcome.fec.scheme, limits_of(welcome))),
      opener_(crypto::KeySource::from(welcome.keys, crypto::Direction::host_to_client),
              wire::v1::sealed_packets(welcome.fec.scheme)),
      reassembler_(wire::v1::sealed_packets(welcome.fec.scheme), limits_of(welcome), *codec_,
                   incomplete_of(welcome)),
      punches_(clock.now()),
      thread_({"client receive", ThreadRole::frame}, {}, receive_bell_, board, clock,
              [this](Shift& shift) { return receive(shift); }) {}

Result<void> MediaReceiver::receive(Shift& shift) {
  shift.opened();
  std::array<net::Datagram, kDatagramsAtOnce> datagrams;
  while (!shift.over()) {
    LocalTime now = clock_.now();
    punch_if_due(now);
    Nanos patience = std::min<Nanos>(kPatience, punches_.due() - now);
    if (const auto due = gate_.next_timeout()) patience = std::min(patience, *due - now);
    const std::size_t count = port_->receive(datagrams, shift.bell(), std::max(patience, Nanos(0)));
    for (std::size_t i = 0; i < count; ++i) take_datagram(datagrams[i]);
    if (count == 0) flush_filler();  // the last of it

    now = clock_.now();
    gate_.handle_timeout(now);
    if (decoder_lost_.exchange(false)) {
      gate_.decoder_lost();
      tell(control::DecoderStumbled{});
    }
    apply_gate(now);
    while (auto frame = returned_.try_pop()) reassembler_.release(*frame);
    publish();
  }
  return {};
}

void MediaReceiver::punch_if_due(LocalTime now) {
  if (now < punches_.due()) return;
  std::array<std::byte, wire::v1::kPunch.size()> packet;
  std::copy_n(as_bytes(wire::v1::kPunch).begin(), packet.size(), packet.begin());
  port_->send({.base = packet.data(), .count = 1, .stride = packet.size()}, host_media_);
  punches_.on_sent(now);
}

void MediaReceiver::take_datagram(const net::Datagram& datagram) {
  if (!(datagram.source == host_media_)) {
    ++strangers_;
    return;
  }
  const auto packet = opener_.open(datagram.bytes);
  if (!packet) return;  // counted by the opener
  auto frame = reassembler_.push(*packet, datagram.received_at);
  note_filler(datagram.received_at);
  while (auto partial = reassembler_.poll_partial())
    gate_.complete(*std::move(partial), datagram.received_at);
  if (frame) {
    if ((frame->flags & message::frame_flags::kProbe) != 0) {
      reassembler_.release(*frame);
    } else {
      // Without room the control thread is behind, and learns from the others.
      (void)frames_.try_push(
          {.pts = frame->pts,
           .first_received = frame->first_received_at,
           .received = frame->last_received_at,
           .frame_bytes = static_cast<std::uint32_t>(frame->bytes.size()),
           .packet_count = frame->packet_count,
           .from_slices = (frame->flags & message::frame_flags::kSliceStream) != 0});
      gate_.complete(*std::move(frame), datagram.received_at);
    }
  }
}

void MediaReceiver::note_filler(LocalTime received_at) {
  const std::uint64_t packets = reassembler_.probe_counters().received;
  if (packets == filler_packets_) return;
  filler_packets_ = packets;
  filler_at_ = received_at;
  if (filler_at_ - filler_noted_at_ >= control::SpeedTestClient::kSpacing) flush_filler();
}

// A full box loses looks at what came, not packets: the next one tells them too.
void MediaReceiver::flush_filler() {
  if (filler_noted_ == filler_packets_) return;
  filler_noted_ = filler_packets_;
  filler_noted_at_ = filler_at_;
  (void)filler_.try_push({filler_at_, filler_packets_});
}

void MediaReceiver::apply_gate(LocalTime) {
  while (auto output = gate_.poll()) {
    if (auto* shown = std::get_if<video::FrameGate::Show>(&*output)) {
      show(std::move(shown->frame));
    } else if (auto* discarded = std::get_if<video::FrameGate::Discard>(&*output)) {
      reassembler_.release(discarded->frame);
    } else if (const auto* gap = std::get_if<video::FrameGate::Gap>(&*output)) {
      tell(control::FrameGap{.first_frame = static_cast<std::uint32_t>(value(gap->missing.first)),
                             .last_frame = static_cast<std::uint32_t>(value(gap->missing.last))});
    }
  }
}

void MediaReceiver::show(video::ReassembledFrame frame) {
  const control::FrameArrived arrived{
      .frame = static_cast<std::uint32_t>(value(frame.id)),
      .keyframe = (frame.flags & message::frame_flags::kKeyFrame) != 0,
      .recovery_anchor = (frame.flags & message::frame_flags::kRecoveryAnchor) != 0,
      .recovery_point = (frame.flags & message::frame_flags::kRecoveryPoint) != 0};
  if (!units_.try_push(std::move(frame))) {
    // The consumer is hopelessly behind: what waits is stale, and what comes needs what was dropped
    // here.
    reassembler_.release(frame);
    gate_.decoder_lost();
    tell(control::DecoderStumbled{});
    return;
  }
  consumer_bell_.ring();
  // Ordinary pictures tell the session nothing: waking the control thread for each would be in
  // vain.
  if (arrived.keyframe || arrived.recovery_anchor || arrived.recovery_point) tell(arrived);
}

void MediaReceiver::tell(ReceiverNews news) {
  // A full box means that the session knows already that it is in trouble.
  if (news_.try_push(std::move(news))) control_bell_.ring();
}

void MediaReceiver::publish() {
  const video::ReceptionCounters& seen = reassembler_.counters();
  const crypto::Opener::Counters& opened = opener_.counters();
  std::uint64_t rejected = strangers_ + opened.too_short + opened.forged + opened.replayed;
  for (const std::uint64_t count : seen.rejected) rejected += count;

  stats_.put({.packets = opened.opened,
              .rejected_packets = rejected,
              .recovered_shards = seen.recovered,
              .frames_dropped = seen.frames_dropped,
              .receive_cpu = thread_cpu_time()});
  totals_.put({.received = seen.received,
               .recovered = seen.recovered,
               .late = seen.late,
               .frames_dropped = seen.frames_dropped,
               .packets_sent = opener_.newest_number() ? *opener_.newest_number() + 1 : 0,
               .packets_opened = opened.opened});
}

std::optional<AccessUnit> MediaReceiver::take(Nanos patience) {
  if (held_) {
    PF_CHECK(returned_.try_push(
        *std::exchange(held_, std::nullopt)));  // has room for all that can be out
  }
  held_ = units_.try_pop();
  // A ring may be older than the access unit that was just taken: only time ends the wait.
  for (const LocalTime until = clock_.now() + patience; !held_ && !woken_.exchange(false);) {
    const LocalTime now = clock_.now();
    if (now >= until) break;
    consumer_bell_.wait(until - now);
    held_ = units_.try_pop();
  }
  if (!held_) return std::nullopt;
  ++taken_frames_;
  taken_bytes_ += held_->bytes.size();
  return AccessUnit{.id = held_->id,
                    .pts = held_->pts,
                    .idr = (held_->flags & message::frame_flags::kKeyFrame) != 0,
                    .flags = held_->flags,
                    .whole = held_->missing_count == 0,
                    .bytes = held_->bytes,
                    .first_received = held_->first_received_at,
                    .received = held_->last_received_at};
}

void MediaReceiver::decoded(bool gave_picture) {
  silent_units_ = gave_picture ? 0 : silent_units_ + 1;
  if (silent_units_ < kSilentUnits) return;
  silent_units_ = 0;
  decoder_lost_ = true;
  receive_bell_.ring();
}

ReceiveStats MediaReceiver::stats() const {
  ReceiveStats stats = stats_.get();
  stats.frames = taken_frames_;
  stats.bytes = taken_bytes_;
  return stats;
}

}  // namespace pf::endpoint
