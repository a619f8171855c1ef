#include "sim/host_video.h"

#include <algorithm>
#include <utility>

#include "core/base/check.h"
#include "core/wire/v1/packet_header.h"
#include "sim/clocks.h"

namespace pf::sim {
namespace {

constexpr Nanos kPunchPatience = milliseconds(2500);   // as the native outlet's
constexpr Nanos kBacklogDeadline = milliseconds(250);  // likewise
constexpr std::uint64_t kRestartAt = 5000;             // packet number of the planted restart

const message::PacketFormat& format() { return wire::v1::sealed_packets(); }

crypto::Sealer make_sealer(const message::MediaKeys& keys) {
  return crypto::Sealer(
      crypto::KeySource::aes128_gcm(keys.aes128, keys.salt, crypto::Direction::host_to_client),
      format());
}

video::Packetiser::Params packetiser_params(const plan::SessionPlan& plan) {
  return {
      .format = &format(),
      .shard_bytes = plan.shard_bytes,
      .max_frame_bytes = plan.max_frame_bytes,
      .rules = {.max_data_count = plan.fec.max_data_per_block, .agreed_percent = plan.fec.percent}};
}

std::size_t arena_bytes(const plan::SessionPlan& plan) {
  return 2 * std::size_t{video::Packetiser::worst_frame_packets(packetiser_params(plan))} *
         format().wire_bytes(plan.shard_bytes);
}

fec::Gf16Codec::Limits codec_limits(const plan::SessionPlan& plan) {
  const std::uint32_t data = plan.fec.max_data_per_block;
  return {.data_count = data, .parity_count = video::parity_for(data, video::kMaxFecPercent)};
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
      codec_(codec_limits(plan)),
      sealer_(make_sealer(keys)),
      bitrate_kbps_(plan.bitrate_kbps),
      fec_percent_(plan.fec.percent) {}

void HostVideo::start(LocalTime now) { punch_by_ = now + kPunchPatience; }

void HostVideo::on_punch(LocalTime now) {
  if (punch_by_) begin_streaming(now);
}

void HostVideo::begin_streaming(LocalTime now) {
  punch_by_.reset();
  streaming_ = true;
  next_tick_ = now;
}

void HostVideo::want_idr() noexcept {
  if (sabotage_ != Sabotage::refreshes_ignored) idr_wanted_ = true;
}

std::optional<LocalTime> HostVideo::next_timeout(LocalTime now) const {
  if (punch_by_) return punch_by_;
  if (!streaming_) return std::nullopt;
  LocalTime due = next_tick_;
  if (encoding_) due = std::min(due, encoding_->ready_at);
  if (sending_) due = std::min(due, pacer_.due(now));
  return due;
}

void HostVideo::handle_timeout(LocalTime now) {
  if (punch_by_ && *punch_by_ <= now) begin_streaming(now);
  if (!streaming_) return;
  if (encoding_ && encoding_->ready_at <= now) finish_encoding(now);
  if (next_tick_ <= now) tick(now);
  send_due(now);
}

// The screen shows its next picture. Without room, or while the encoder still works, the network
// or the encoder costs it, and nobody depends on it.
void HostVideo::tick(LocalTime now) {
  const LocalTime captured_at = next_tick_;
  next_tick_ += plan_.mode.refresh.period();
  if (encoding_ || !has_room() || !has_picture(now)) return;
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
  PF_CHECK(packetiser_.begin(fec_percent_));  // has_room() said so
  if (!packetiser_.add(access_unit)) {        // above the plan
    packetiser_.abandon();
    want_idr();
    return;
  }
  const std::uint32_t flags =
      message::frame_flags::kPicture | (done.idr ? message::frame_flags::kKeyFrame : 0);
  jobs_.push_back({.frame = packetiser_.finish(
                       {.id = done.id, .pts = to_wire(done.captured_at), .flags = flags}),
                   .encoded_at = now,
                   .idr = done.idr,
                   .content = done.content});
  checkers_.on_queue(jobs_.size());
}

void HostVideo::send_due(LocalTime now) {
  for (;;) {
    if (!sending_) take_job(now);
    if (!sending_ || pacer_.due(now) > now) return;
    const PacketRun run = sending_->frame.run;
    const PacketRun batch = run.part(
        sent_packets_, std::min(run.count - sent_packets_, video::Pacer::kMostBatchPackets));
    for (std::uint32_t i = 0; i < batch.count; ++i) out_.send(batch.packet(i), now);
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

void HostVideo::take_job(LocalTime now) {
  if (jobs_.empty() || sabotage_ == Sabotage::backlog_kept) return;
  if (now - jobs_.front().encoded_at > kBacklogDeadline) return discard_backlog();
  sending_ = std::move(jobs_.front());
  jobs_.pop_front();
  sent_packets_ = 0;
  if (sabotage_ == Sabotage::counter_restarted && sealer_->next_number() > kRestartAt) {
    sealer_.emplace(make_sealer(keys_));
  }
  video::write_parity(sending_->frame, codec_);
  sealer_->seal(sending_->frame.run);
  note_sealed(sending_->frame.run);
  pacer_.begin_frame(sending_->frame.run.bytes(), bitrate_kbps_, now);
}

void HostVideo::discard_backlog() {
  for (std::size_t i = 0; i < jobs_.size(); ++i) arena_.release_oldest();
  jobs_.clear();
  want_idr();
}

// What the packets themselves say, not what the sealer believes.
void HostVideo::note_sealed(PacketRun run) {
  for (std::uint32_t i = 0; i < run.count; ++i) {
    const Bytes clear = run.packet(i).first(format().clear_bytes);
    checkers_.on_sealed(format().read_number(clear, 0));
  }
}

}  // namespace pf::sim
