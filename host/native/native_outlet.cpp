#include "host/native/native_outlet.h"

#include <algorithm>
#include <array>

#include "core/message/shard_size.h"
#include "core/runtime/log.h"
#include "core/video/block_codec.h"
#include "core/wire/v1/packet_header.h"
#include "core/wire/v1/punch.h"
#include "host/pipeline/sending.h"

namespace pf::native {
namespace {

constexpr Nanos kPatience = milliseconds(100);
constexpr Nanos kPunchPatience = milliseconds(2500);  // punktfunk1.md section 3.1
// A client punches every 200 ms at first: in this time the port it named has spoken, unless a NAT
// stands between.
constexpr Nanos kNamedPortPatience = milliseconds(300);

video::Packetiser::Params packetiser_params(const OutletParams& params, std::uint16_t shard_bytes) {
  return {.shard_bytes = shard_bytes,
          .max_frame_bytes = params.max_frame_bytes,
          .rules = video::block_rules(params.fec),
          .streaming = params.streaming};
}

std::uint16_t wire_bytes(const OutletParams& params, std::uint16_t shard_bytes) {
  return wire::v1::sealed_packets(params.fec.scheme).wire_bytes(shard_bytes);
}

// No path asks for smaller shards.
std::uint16_t least_shard_bytes(const OutletParams& params) {
  const std::uint16_t least = message::shard_bytes_within(
      message::kLeastPathUdpBytes, wire::v1::sealed_packets(params.fec.scheme).overhead_bytes(),
      params.largest_shard_bytes);
  return std::min(params.shard_bytes, least);
}

video::FrameSealer::Limits sealer_limits(const OutletParams& params) {
  const std::uint16_t largest = params.largest_shard_bytes;
  const std::uint32_t whole_batch = net::UdpPort::batch_packets(wire_bytes(params, largest));
  return {.batch_packets = std::min(whole_batch, video::Pacer::kMostBatchPackets),
          .shard_bytes = largest,
          .data_count = video::Packetiser::largest_block(
              packetiser_params(params, least_shard_bytes(params)))};
}

// Room for one worst frame being laid out while another is being sent, whatever their shards: of
// any size they take less than one shard more than the frame.
std::size_t arena_bytes(const OutletParams& params) {
  auto worst = packetiser_params(params, params.largest_shard_bytes);
  worst.max_frame_bytes += params.largest_shard_bytes;
  return 2 * video::Packetiser::worst_frame_bytes(worst);
}

std::unique_ptr<fec::FecCodec> make_codec(const OutletParams& params) {
  return video::make_block_codec(
      params.fec.scheme,
      wire::v1::packet_limits(params.fec, params.shard_bytes, params.max_frame_bytes));
}

std::uint32_t micros(Nanos span) {
  return static_cast<std::uint32_t>(
      std::max<std::int64_t>(0, std::chrono::duration_cast<microseconds>(span).count()));
}

}  // namespace

NativeOutlet::NativeOutlet(const OutletParams& params, std::unique_ptr<net::UdpPort> port,
                           session::SessionParts& parts, const Clock& clock, OnSent on_sent,
                           OnTested on_tested)
    : params_(params),
      port_(std::move(port)),
      parts_(parts),
      clock_(clock),
      on_sent_(std::move(on_sent)),
      on_tested_(std::move(on_tested)),
      arena_(arena_bytes(params)),
      packetiser_(packetiser_params(params, params.shard_bytes), arena_),
      codec_(make_codec(params)),
      sealer_(crypto::KeySource::from(params.keys, crypto::Direction::host_to_client),
              wire::v1::sealed_packets(params.fec.scheme)),
      batches_(wire::v1::sealed_packets(params.fec.scheme), &sealer_, *codec_,
               sealer_limits(params)),
      fec_percent_(params.fec.percent),
      shard_bytes_(params.shard_bytes) {}

NativeOutlet::~NativeOutlet() = default;

void NativeOutlet::start(const Endpoint& fallback) {
  fallback_ = fallback;
  start_asked_.store(true, std::memory_order_release);
  parts_.send_bell.ring();
}

void NativeOutlet::start_speed_test(const message::ProbeRequest& request) {
  if (test_asked_.load(std::memory_order_acquire)) return;
  test_request_ = request;
  test_asked_.store(true, std::memory_order_release);
  parts_.send_bell.ring();
}

void NativeOutlet::begin_epoch(const encode::StreamParameters&) {
  if (frame_open_) give_up_frame();  // its encoder died within it
}

bool NativeOutlet::has_room() noexcept {
  if (!frame_open_) packetiser_.set_shard_bytes(shard_bytes_);
  return streaming_ && !test_asked_ && jobs_.size() < kMaxJobs && packetiser_.has_room();
}

void NativeOutlet::on_part(const encode::AccessUnitPart& part) noexcept {
  const pipeline::CpuMeter meter(parts_.cpu.packetise_ns);
  take_part(part);
  if (!frame_open_) return;
  part.last ? finish_frame(part) : offer_pieces(part);
}

void NativeOutlet::take_part(const encode::AccessUnitPart& part) noexcept {
  if (part.first) frame_open_ = packetiser_.begin(frame_info(part), fec_percent_);
  if (part.first) frame_bytes_ = 0;
  if (frame_open_ && !packetiser_.add(part.bytes)) give_up_frame();
  frame_bytes_ += static_cast<std::uint32_t>(part.bytes.size());
  // Nothing was asked for room that the worst frame would not fit, so only a frame above the plan
  // comes here.
  if (!frame_open_ && part.last) parts_.steering.want_idr();
}

video::Packetiser::FrameInfo NativeOutlet::frame_info(
    const encode::AccessUnitPart& part) const noexcept {
  return {.id = part.id,
          .pts = WireTime(part.captured_at.since_epoch() + params_.wire_offset),
          .flags = message::frame_flags::kPicture |
                   (part.idr ? message::frame_flags::kKeyFrame : 0) |
                   (part.recovery_anchor ? message::frame_flags::kRecoveryAnchor : 0)};
}

// What can leave before the frame is whole, as long as the queue keeps a place for its end.
void NativeOutlet::offer_pieces(const encode::AccessUnitPart& part) noexcept {
  while (jobs_.size() + 1 < kMaxJobs) {
    const auto piece = packetiser_.next_piece();
    if (!piece) return;
    offer(*piece, part);
  }
}

void NativeOutlet::finish_frame(const encode::AccessUnitPart& part) noexcept {
  frame_open_ = false;
  offer(packetiser_.finish(), part);
}

void NativeOutlet::give_up_frame() noexcept {
  frame_open_ = false;
  if (packetiser_.abandon()) push({.given_up = true});
}

void NativeOutlet::offer(const video::FramePiece& piece,
                         const encode::AccessUnitPart& part) noexcept {
  push({.piece = piece, .row = pipeline::row_of(part, frame_bytes_, clock_.now())});
}

void NativeOutlet::push(Job job) noexcept {
  job.offered_at = clock_.now();
  // has_room() and offer_pieces() left a place, and only we fill it.
  PF_CHECK(jobs_.try_push(std::move(job)));
  parts_.send_bell.ring();
}

Result<void> NativeOutlet::run(Shift& shift) {
  const std::optional<Endpoint> client = find_client(shift);
  if (!client) return {};
  log::info("native", "streaming to {}", client->to_string());
  streaming_ = true;
  parts_.video_bell.ring();
  shift.opened();
  while (!shift.over()) {
    std::optional<Job> job = jobs_.try_pop();
    if (job) {
      take_job(shift, *job, *client);
      continue;
    }
    const Nanos patience = turn_speed_test(*client);
    if (patience > Nanos(0)) shift.bell().wait(patience);
  }
  return {};
}

void NativeOutlet::take_job(Shift& shift, Job& job, const Endpoint& client) noexcept {
  const bool late = clock_.now() - job.offered_at > pipeline::kBacklogDeadline;
  if (!discarding_ && !late && !job.given_up) {
    send_piece(shift, job, client);
    if (job.piece.last) report(job);
  }
  if (job.ends_frame()) {
    discarding_ = false;
    end_frame();
  }
  if (late) {
    discarding_ = !job.ends_frame();
    discard_backlog();
  }
}

void NativeOutlet::end_frame() noexcept {
  arena_.release_oldest();
  parts_.video_bell.ring();
}

// What there is to do now, and how long there is nothing. A picture that was on its way when the
// test began leaves between two units of filler.
Nanos NativeOutlet::turn_speed_test(const Endpoint& client) {
  if (!test_asked_.load(std::memory_order_acquire)) return kPatience;
  const LocalTime now = clock_.now();
  if (!speed_test_) {
    speed_test_.emplace(true);
    if (speed_test_->on_request(test_request_, now) != control::SpeedTestHost::Answer::begin) {
      speed_test_.reset();
      test_asked_ = false;
      return kPatience;
    }
    if (!filler_) {
      filler_.emplace(packetiser_params(params_, params_.largest_shard_bytes),
                      control::SpeedTestHost::kMostUnitBytes);
    }
    filler_->set_shard_bytes(shard_bytes_);
  }
  if (const auto result = speed_test_->take_result(now)) {
    speed_test_.reset();
    test_asked_.store(false, std::memory_order_release);
    parts_.video_bell.ring();
    on_tested_(*result);
    return Nanos(0);
  }
  const auto due = speed_test_->unit_due(now);
  if (due && *due <= now) {
    send_filler(now, client);
    return Nanos(0);
  }
  return std::min<Nanos>(kPatience, due.value_or(speed_test_->ends_at()) - now);
}

void NativeOutlet::send_filler(LocalTime now, const Endpoint& client) noexcept {
  const pipeline::CpuMeter meter(parts_.cpu.send_ns);
  const net::UdpPort::Counters& counters = port_->counters();
  const std::uint64_t sent = counters.sent_packets, refused = counters.refused_packets;
  const video::FramePiece piece = filler_->next(
      speed_test_->unit_bytes(), WireTime(now.since_epoch() + params_.wire_offset), fec_percent_);
  batches_.begin(piece);
  for (PacketRun batch = batches_.next(); batch.count > 0; batch = batches_.next()) {
    port_->send(batch, client);
  }
  speed_test_->on_unit_sent(piece.geometry.data_count(),
                            static_cast<std::uint32_t>(counters.sent_packets - sent),
                            static_cast<std::uint32_t>(counters.refused_packets - refused));
}

// Nobody but the client may say where the stream goes: a punch counts only from the address that
// QUIC has authenticated. Others may sit behind the same address, so the port that the client named
// wins at once; another one is believed, since a NAT may have changed it, when that one stays
// silent.
std::optional<Endpoint> NativeOutlet::find_client(Shift& shift) {
  while (!start_asked_.load(std::memory_order_acquire)) {
    if (shift.over()) return std::nullopt;
    shift.bell().wait(kPatience);
  }
  std::optional<Endpoint> other_port;
  LocalTime until = clock_.now() + kPunchPatience;
  for (LocalTime now = clock_.now(); now < until && !shift.over(); now = clock_.now()) {
    net::Datagram datagram;
    const Nanos patience = std::min<Nanos>(until - now, kPatience);
    if (port_->receive({&datagram, 1}, shift.bell(), patience) == 0) continue;
    if (!as_text(datagram.bytes).starts_with(wire::v1::kPunch)) continue;
    if (datagram.source == fallback_) return fallback_;
    if (datagram.source.same_address(fallback_) && !other_port) {
      other_port = datagram.source;
      until = std::min(until, clock_.now() + kNamedPortPatience);
    }
  }
  if (shift.over()) return std::nullopt;
  return other_port.value_or(fallback_);
}

// The head of a frame leaves at once; a large rest is spread, so that it does not overrun the
// narrowest queue. While a batch waits for its time it is sealed already.
void NativeOutlet::send_piece(Shift& shift, const Job& job, const Endpoint& client) noexcept {
  const pipeline::CpuMeter meter(parts_.cpu.send_ns);
  const std::uint32_t packet_count = job.piece.geometry.packet_count();
  const std::uint64_t bytes =
      std::uint64_t{packet_count} * wire_bytes(params_, job.piece.geometry.shard_bytes());
  if (job.piece.first) {
    pacer_.begin_frame(bytes, parts_.steering.bitrate_kbps(), clock_.now());
    frame_packets_ = 0;
    first_sent_ = {};
  } else {
    pacer_.extend_frame(bytes);
  }
  frame_packets_ += packet_count;
  batches_.begin(job.piece);
  for (PacketRun batch = batches_.next(); batch.count > 0; batch = batches_.next()) {
    if (!pipeline::await_turn(shift, pacer_, clock_)) break;
    // Before: the client may have it before the system lets us look at the clock again.
    if (first_sent_ == LocalTime{}) first_sent_ = clock_.now();
    port_->send(batch, client);
    pacer_.on_sent(batch.bytes());
  }
}

void NativeOutlet::report(const Job& last) noexcept {
  ++parts_.counts.sent;
  pipeline::FrameRow row = last.row;
  row.packets = frame_packets_;
  row.first_sent = first_sent_;
  row.last_sent = clock_.now();
  parts_.trace->add(row);
  on_sent_({.pts = last.piece.head.pts,
            .host_us = micros(row.last_sent - row.captured),
            .stages = message::HostTiming::Stages{.queue_us = micros(row.submitted - row.captured),
                                                  .encode_us = micros(row.encoded - row.submitted),
                                                  .pace_us = micros(row.last_sent - row.encoded)}},
           row.idr);
}

// All of what waits is as late as the first: the client is helped by the next picture, not by
// these.
void NativeOutlet::discard_backlog() noexcept {
  while (const std::optional<Job> job = jobs_.try_pop()) {
    discarding_ = !job->ends_frame();
    if (job->ends_frame()) end_frame();
  }
  parts_.steering.want_idr();
  parts_.video_bell.ring();
}

}  // namespace pf::native
