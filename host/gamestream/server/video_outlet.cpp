#include "host/gamestream/server/video_outlet.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/check.h"
#include "host/pipeline/sending.h"

namespace pf::gamestream {
namespace {

constexpr Nanos kOutletPatience = milliseconds(100);
constexpr Nanos kShortestBacklog = milliseconds(2);
constexpr std::uint64_t kUdpAndIpBytes = 28;

// An access unit lies in the arena as a run of such units.
constexpr std::uint16_t kUnitBytes = 1024;

std::uint32_t units_for(std::uint32_t bytes) noexcept {
  return (bytes + kUnitBytes - 1) / kUnitBytes;
}

// Room for one worst frame being kept while another is being sent.
std::size_t arena_bytes(std::uint32_t worst_units) noexcept {
  return 2 * video::PacketArena::run_bytes(worst_units, kUnitBytes);
}

VideoPacketParams packet_params(VideoPacketParams params) {
  const std::size_t wire_bytes = std::size_t{params.packet_size} + 16 + (params.key ? 32 : 0);
  params.batch_packets =
      std::min(net::UdpPort::batch_packets(static_cast<std::uint16_t>(wire_bytes)),
               video::Pacer::kMostBatchPackets);
  return params;
}

std::uint16_t tenths_ms(Nanos span) noexcept {
  constexpr std::int64_t kTenth = 100'000;
  return static_cast<std::uint16_t>(
      std::clamp<std::int64_t>((span.count() + kTenth / 2) / kTenth, 0, 65'535));
}

FrameKind kind_of(const encode::AccessUnitPart& part) noexcept {
  if (part.idr) return FrameKind::idr;
  return part.recovery_anchor ? FrameKind::after_invalidation : FrameKind::predicted;
}

}  // namespace

VideoOutlet::VideoOutlet(const VideoOutletParams& params, net::UdpPort& port,
                         session::SessionParts& parts, const Clock& clock)
    : port_(port),
      parts_(parts),
      clock_(clock),
      began_at_(params.began_at),
      dscp_(params.dscp),
      arena_(arena_bytes(units_for(params.max_frame_bytes))),
      worst_units_(units_for(params.max_frame_bytes)),
      packets_(packet_params(params.packets)),
      fec_percent_(params.packets.fec_percent),
      min_parity_(params.packets.min_parity) {
  PF_CHECK(params.max_frame_bytes > 0 && params.max_frame_bytes <= packets_.max_frame_bytes());
}

void VideoOutlet::on_peer(const Endpoint& peer) noexcept {
  peer_.set(peer);
  if (streaming_.exchange(true)) return;
  parts_.video_bell.ring();
}

void VideoOutlet::on_lost(std::uint32_t first_frame, std::uint32_t last_frame) noexcept {
  const SentFrames::Answer answer = frames_.on_lost(first_frame, last_frame);
  if (answer.kind == SentFrames::Answer::Kind::nothing) return;
  if (answer.kind == SentFrames::Answer::Kind::forget)
    parts_.trace->add(recorder::LossRow{
        .at = clock_.now(), .first_frame = answer.first_id, .last_frame = answer.last_id});
  if (answer.kind == SentFrames::Answer::Kind::forget && drops_references_) {
    parts_.steering.want_forgotten(answer.first_id, answer.last_id);
  } else {
    parts_.steering.want_idr();
  }
}

SentTotals VideoOutlet::totals() const noexcept {
  const std::uint64_t packets = sent_packets_;
  return {.frames = parts_.counts.sent,
          .packets = packets,
          .access_unit_bytes = sent_access_unit_bytes_,
          .wire_bytes = packets * (packets_.datagram_bytes() + kUdpAndIpBytes)};
}

void VideoOutlet::begin_epoch(const encode::StreamParameters& parameters) {
  if (frame_open_) give_up_frame();  // its encoder died within it
  drops_references_ = parameters.drops_references;
}

bool VideoOutlet::has_room() noexcept {
  return streaming_ && jobs_.size() < kMaxJobs && arena_.has_room(worst_units_, kUnitBytes);
}

void VideoOutlet::on_part(const encode::AccessUnitPart& part) noexcept {
  const pipeline::CpuMeter meter(parts_.cpu.packetise_ns);
  if (part.first) {
    const auto memory = arena_.take(worst_units_, kUnitBytes);
    frame_open_ = memory.has_value();
    frame_bytes_ = 0;
    if (memory) open_ = *memory;
  }
  if (frame_open_ && !append(part.bytes)) give_up_frame();
  // Nothing was asked for room that the worst frame would not fit, so only a frame above the plan
  // comes here.
  if (!frame_open_ && part.last) parts_.steering.want_idr();
  if (!frame_open_ || !part.last) return;
  frame_open_ = false;
  arena_.trim_newest(open_, units_for(frame_bytes_));
  const LocalTime now = clock_.now();
  // has_room() left a place, and only we fill it.
  PF_CHECK(jobs_.try_push({.memory = open_,
                           .row = pipeline::row_of(part, frame_bytes_, now),
                           .kind = kind_of(part),
                           // A repeat is captured when it is handed to the codec.
                           .repeat = part.captured_at == part.submitted_at,
                           .offered_at = now}));
  parts_.send_bell.ring();
}

bool VideoOutlet::append(Bytes bytes) noexcept {
  if (bytes.size() > open_.bytes() - frame_bytes_) return false;
  if (!bytes.empty()) std::memcpy(open_.base + frame_bytes_, bytes.data(), bytes.size());
  frame_bytes_ += static_cast<std::uint32_t>(bytes.size());
  return true;
}

void VideoOutlet::give_up_frame() noexcept {
  frame_open_ = false;
  arena_.trim_newest(open_, 0);
}

Result<void> VideoOutlet::run(Shift& shift) {
  shift.opened();
  while (!shift.over()) {
    if (const std::optional<Job> job = jobs_.try_pop()) {
      take_job(shift, *job);
    } else {
      shift.bell().wait(kOutletPatience);
    }
  }
  return {};
}

void VideoOutlet::take_job(Shift& shift, const Job& job) noexcept {
  const bool late = clock_.now() - job.offered_at > pipeline::kBacklogDeadline;
  if (job.kind == FrameKind::idr) awaits_idr_ = false;
  if (!late && !awaits_idr_) send_frame(shift, job);
  end_frame();
  if (late) discard_backlog();
}

void VideoOutlet::end_frame() noexcept {
  arena_.release_oldest();
  parts_.video_bell.ring();
}

// All of what waits is as late as the first, and what comes next may refer to it.
void VideoOutlet::discard_backlog() noexcept {
  while (jobs_.try_pop()) end_frame();
  awaits_idr_ = true;
  parts_.steering.want_idr();
}

VideoFrame VideoOutlet::frame_of(const Job& job) noexcept {
  const std::int64_t ticks = (job.row.captured - began_at_).count() * 9 / 100'000;
  const auto timestamp = static_cast<std::uint32_t>(std::max<std::int64_t>(ticks, 0));
  // A picture may have been captured before a repeat that was sent while it was on its way to us.
  if (static_cast<std::int32_t>(timestamp - timestamp_90khz_) > 0) timestamp_90khz_ = timestamp;
  return {.access_unit = Bytes(job.memory.base, job.row.bytes),
          .kind = job.kind,
          .timestamp_90khz = timestamp_90khz_,
          .host_latency_tenths_ms =
              job.repeat ? std::uint16_t{0} : tenths_ms(clock_.now() - job.row.captured)};
}

void VideoOutlet::send_frame(Shift& shift, const Job& job) noexcept {
  const pipeline::CpuMeter meter(parts_.cpu.send_ns);
  const std::optional<Endpoint> client = peer_.get();
  packets_.set_fec_percent(fec_percent_);
  packets_.set_min_parity(min_parity_);
  // The worst frame of the plan can be counted by the headers, so begin() takes it.
  if (!client || !packets_.begin(frame_of(job))) return;
  const std::uint32_t packet_count = packets_.packet_count();
  pacer_.begin_frame(std::uint64_t{packet_count} * packets_.datagram_bytes(),
                     parts_.steering.bitrate_kbps(), clock_.now());
  pipeline::FrameRow row = job.row;
  frames_.on_leaving(packets_.next_frame_index() - 1, row.id, job.kind);
  if (!send_batches(shift, *client, row.first_sent)) return;
  ++parts_.counts.sent;
  sent_packets_ += packet_count;
  sent_access_unit_bytes_ += row.bytes;
  row.packets = packet_count;
  row.last_sent = clock_.now();
  parts_.trace->add(row);
}

// The head of a frame leaves at once; a large rest is spread, so that it does not overrun the
// narrowest queue. False: the shift is over.
bool VideoOutlet::send_batches(Shift& shift, const Endpoint& client,
                               LocalTime& first_sent) noexcept {
  Nanos blocked{0};
  for (PacketRun batch = packets_.next(); batch.count > 0; batch = packets_.next()) {
    if (!pipeline::await_turn(shift, pacer_, clock_)) return false;
    // Before it is sent: what the frame's header says of our latency ends here.
    const LocalTime before = clock_.now();
    if (first_sent == LocalTime{}) first_sent = before;
    port_.send(batch, client, dscp_);
    blocked += clock_.now() - before;
    pacer_.on_sent(batch.bytes());
  }
  // Below, it is the work of sending.
  backlog_ns_ = blocked < kShortestBacklog ? 0 : blocked.count();
  return true;
}

}  // namespace pf::gamestream
