#include "sim/host_video.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/video/block_codec.h"
#include "core/wire/v1/packet_header.h"
#include "sim/clocks.h"

namespace pf::sim {
namespace {

constexpr Nanos kBacklogDeadline = milliseconds(250);  // as the native outlet's
constexpr std::uint64_t kRestartAt = 5000;             // packet number of the planted restart

const message::PacketFormat& format_of(const plan::SessionPlan& plan) {
  return wire::v1::sealed_packets(plan.fec.scheme);
}

crypto::Sealer make_sealer(const message::MediaKeys& keys, const plan::SessionPlan& plan) {
  return crypto::Sealer(
      crypto::KeySource::aes128_gcm(keys.aes128, keys.salt, crypto::Direction::host_to_client),
      format_of(plan));
}

video::Packetiser::Params packetiser_params(const plan::SessionPlan& plan) {
  return {.shard_bytes = plan.shard_bytes,
          .max_frame_bytes = plan.max_frame_bytes,
          .rules = video::block_rules(plan.fec)};
}

// Twice what the host takes: a planted backlog is to meet the bound of the queue, not that of
// memory.
std::size_t arena_bytes(const plan::SessionPlan& plan) {
  return 4 * video::Packetiser::worst_frame_bytes(packetiser_params(plan));
}

std::unique_ptr<fec::FecCodec> make_codec(const plan::SessionPlan& plan) {
  return video::make_block_codec(
      plan.fec.scheme, wire::v1::packet_limits(plan.fec, plan.shard_bytes, plan.max_frame_bytes));
}

}  // namespace

HostVideo::HostVideo(const plan::SessionPlan& plan, const message::MediaKeys& keys,
                     std::uint64_t seed, Sabotage sabotage, Link& out, Checkers& checkers)
    : plan_(plan),
      keys_(keys),
      sabotage_(sabotage),
      out_(out),
      checkers_(checkers),
      encoder_(seed, plan.mode.refresh.hz()),
      arena_(arena_bytes(plan)),
      packetiser_(packetiser_params(plan), arena_),
      codec_(make_codec(plan)),
      sealer_(make_sealer(keys, plan)),
      batches_(format_of(plan), &*sealer_, *codec_,
               {.batch_packets = video::Pacer::kMostBatchPackets,
                .shard_bytes = plan.shard_bytes,
                .data_count = plan.fec.max_data_per_block}),
      filler_(packetiser_params(plan), control::SpeedTestHost::kMostUnitBytes),
      bitrate_kbps_(plan.bitrate_kbps),
      fec_percent_(plan.fec.percent) {}

void HostVideo::set_shard_bytes(std::uint16_t shard_bytes) noexcept {
  packetiser_.set_shard_bytes(shard_bytes);
  filler_.set_shard_bytes(shard_bytes);
}

void HostVideo::start(const Endpoint& named, LocalTime now) { finder_.start(named, now); }

void HostVideo::on_punch(const Endpoint& source, LocalTime now) {
  finder_.on_punch(source, now);
  if (streaming_ && sabotage_ == Sabotage::punches_followed) client_ = source;
}

void HostVideo::begin_streaming(const Endpoint& client, LocalTime now) {
  client_ = client;
  streaming_ = true;
  next_tick_ = now;
}

void HostVideo::want_idr() noexcept {
  if (sabotage_ != Sabotage::refreshes_ignored) idr_wanted_ = true;
}

std::optional<LocalTime> HostVideo::next_timeout(LocalTime now) const {
  if (!streaming_) return finder_.next_timeout();
  LocalTime due = next_tick_;
  if (encoding_) due = std::min(due, encoding_->ready_at);
  if (sending_) due = std::min(due, pacer_.due(now));
  if (speed_test_) due = std::min(due, speed_test_->unit_due(now).value_or(speed_test_->ends_at()));
  return due;
}

void HostVideo::handle_timeout(LocalTime now) {
  if (const auto client = finder_.poll(now)) begin_streaming(*client, now);
  if (!streaming_) return;
  if (encoding_ && encoding_->ready_at <= now) finish_encoding(now);
  if (next_tick_ <= now) tick(now);
  send_due(now);
  send_filler(now);
}

// The screen shows its next picture. Without room, or while the encoder still works, the network
// or the encoder costs it, and nobody depends on it.
void HostVideo::tick(LocalTime now) {
  const LocalTime captured_at = next_tick_;
  next_tick_ += plan_.mode.refresh.period();
  if (encoding_ || speed_test_ || !has_room() || !has_picture(now)) return;
  encoding_ = Encoding{.id = next_id_,
                       .idr = std::exchange(idr_wanted_, false),
                       .content = still_ ? Content::repeated : Content::fresh,
                       .captured_at = captured_at,
                       .ready_at = now + encoder_.draw_duration()};
  next_id_ = next(next_id_);
}

bool HostVideo::has_picture(LocalTime now) {
  if (!still_ || idr_wanted_) {
    still_screen_.on_picture(now);
    return true;
  }
  const std::optional<LocalTime> repeat = still_screen_.repeat_due();
  if (!repeat || *repeat > now || sabotage_ == Sabotage::repeats_left_out) return false;
  still_screen_.on_repeat(now);
  return true;
}

bool HostVideo::has_room() const noexcept {
  if (!packetiser_.has_room()) return false;
  return jobs_.size() < kMaxJobs || sabotage_ == Sabotage::backlog_kept;
}

void HostVideo::finish_encoding(LocalTime now) {
  const Encoding done = *std::exchange(encoding_, std::nullopt);
  const Bytes access_unit = encoder_.encode(done.id, done.idr, done.content, bitrate_kbps_);
  const std::uint32_t flags =
      message::frame_flags::kPicture | (done.idr ? message::frame_flags::kKeyFrame : 0);
  PF_CHECK(packetiser_.begin({.id = done.id, .pts = to_wire(done.captured_at), .flags = flags},
                             fec_percent_));  // has_room() said so
  if (!packetiser_.add(access_unit)) {        // above the plan
    packetiser_.abandon();
    want_idr();
    return;
  }
  jobs_.push_back(
      {.frame = packetiser_.finish(), .encoded_at = now, .idr = done.idr, .content = done.content});
  checkers_.on_queue(jobs_.size());
}

void HostVideo::send_due(LocalTime now) {
  for (;;) {
    if (!sending_) take_job(now);
    if (!sending_ || pacer_.due(now) > now) return;
    const PacketRun run = sealed_;
    const PacketRun batch = run.part(
        sent_packets_, std::min(run.count - sent_packets_, video::Pacer::kMostBatchPackets));
    for (std::uint32_t i = 0; i < batch.count; ++i) out_.send(batch.packet(i), client_, now);
    checkers_.on_destination(client_);
    pacer_.on_sent(batch.bytes());
    sent_packets_ += batch.count;
    if (sent_packets_ < run.count) continue;
    arena_.release_oldest();
    if (sending_->idr) {
      keyframe_sent_ = true;
      ++keyframes_;
    }
    checkers_.on_sent(sending_->frame.id, sending_->content);
    sending_.reset();
  }
}

void HostVideo::start_speed_test(const message::ProbeRequest& request, LocalTime now) {
  speed_test_.emplace(true);
  (void)speed_test_->on_request(request, now);  // the session has looked at it
}

std::optional<message::ProbeResult> HostVideo::take_test_result(LocalTime now) {
  if (!speed_test_) return std::nullopt;
  const auto result = speed_test_->take_result(now);
  if (result) speed_test_.reset();
  return result;
}

void HostVideo::send_filler(LocalTime now) {
  while (speed_test_ && !sending_) {
    const auto due = speed_test_->unit_due(now);
    if (!due || *due > now) return;
    const video::FramePiece piece =
        filler_.next(speed_test_->unit_bytes(), to_wire(now), fec_percent_);
    const PacketRun run = video::all_packets(batches_, piece, sealed_memory_);
    note_sealed(run);
    for (std::uint32_t i = 0; i < run.count; ++i) out_.send(run.packet(i), client_, now);
    checkers_.on_destination(client_);
    speed_test_->on_unit_sent(piece.geometry.data_count(), run.count, 0);
  }
}

void HostVideo::take_job(LocalTime now) {
  if (jobs_.empty() || sabotage_ == Sabotage::backlog_kept) return;
  if (now - jobs_.front().encoded_at > kBacklogDeadline) return discard_backlog();
  sending_ = std::move(jobs_.front());
  jobs_.pop_front();
  sent_packets_ = 0;
  if (sabotage_ == Sabotage::counter_restarted && sealer_->next_number() > kRestartAt) {
    sealer_.emplace(make_sealer(keys_, plan_));
  }
  sealed_ = video::all_packets(batches_, sending_->frame, sealed_memory_);
  note_sealed(sealed_);
  pacer_.begin_frame(sealed_.bytes(), bitrate_kbps_, now);
}

void HostVideo::discard_backlog() {
  for (std::size_t i = 0; i < jobs_.size(); ++i) arena_.release_oldest();
  jobs_.clear();
  want_idr();
}

// What the packets themselves say, not what the sealer believes.
void HostVideo::note_sealed(PacketRun run) {
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const message::PacketFormat& format = format_of(plan_);
    checkers_.on_sealed(format.read_number(run.packet(i).first(format.clear_bytes), 0));
  }
}

}  // namespace pf::sim
