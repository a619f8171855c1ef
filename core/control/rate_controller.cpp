#include "core/control/rate_controller.h"

#include <algorithm>
#include <cmath>

namespace pf::control {
namespace {

// Of a packet besides its shard: packet number, header and tag of generation 1, UDP and IPv4.
constexpr double kPacketOverheadBytes = 64 + 28;
constexpr double kBitsPerPixel = 0.5;
constexpr Nanos kRatioWindow = milliseconds(500);

double seconds_of(Nanos span) noexcept { return std::chrono::duration<double>(span).count(); }

}  // namespace

RateBounds rate_bounds(const DisplayMode& mode, std::uint32_t named_kbps) noexcept {
  const double pixels = static_cast<double>(mode.size_px.width) * mode.size_px.height;
  constexpr double kLeast = 500, kMost = 8'000'000;  // the specification's bounds
  const auto bounded = [&](double bits_per_pixel) {
    return static_cast<std::uint32_t>(
        std::clamp(pixels * mode.refresh.hz() * bits_per_pixel / 1000, kLeast, kMost));
  };
  const std::uint32_t ceiling_kbps = named_kbps != 0 ? named_kbps : bounded(kBitsPerPixel);
  return {.floor_kbps = std::min(bounded(kBitsPerPixel / 20), ceiling_kbps),
          .ceiling_kbps = ceiling_kbps};
}

RateController::RateController(const Params& params) noexcept
    : params_(params),
      bounds_(rate_bounds(params.mode, params.named_kbps)),
      packet_wire_bytes_(params.shard_bytes + kPacketOverheadBytes),
      rate_kbps_(std::max(params.start_kbps, bounds_.floor_kbps)) {}

void RateController::on_frame(const FrameReceived& frame, LocalTime now) noexcept {
  if (ignore_until_ && now < *ignore_until_) return;
  const std::uint32_t after_first = frame.packet_count > 0 ? frame.packet_count - 1 : 0;
  const Nanos spread = spread_by_network(frame);
  capacity_.on_train(static_cast<std::uint64_t>(after_first * packet_wire_bytes_),
                     frame.packet_count, spread);
  delay_.on_frame({.pts = frame.pts,
                   .first_received = frame.first_received,
                   .spread = spread,
                   .from_slices = frame.from_slices},
                  now);
  window_video_bytes_ += frame.frame_bytes;
  part_.on_frame(frame.packet_count * packet_wire_bytes_, frame.received);
}

void RateController::on_host_timing(const message::HostTiming& timing, LocalTime now) noexcept {
  delay_.on_host_timing(timing, now);
  if (timing.stages) encoding_ += (microseconds(timing.stages->encode_us) - encoding_) / 8;
}

// Slices leave as they are encoded. When all came within that time it was the encoder that spread
// them, and the network carries at least so much: counted as twice, since a rate that rises finds
// out, and one that falls because the encoder is slow would do so for ever.
Nanos RateController::spread_by_network(const FrameReceived& frame) const noexcept {
  const Nanos spread = frame.received - frame.first_received;
  constexpr Nanos kTurning = milliseconds(1);
  const bool by_encoder = frame.from_slices && spread <= encoding_ + encoding_ / 4 + kTurning;
  return by_encoder ? spread / 2 : spread;
}

void RateController::on_totals(const ReceptionTotals& totals, LocalTime now) noexcept {
  if (ignore_until_ && now < *ignore_until_) {
    window_end_.reset();
    return loss_.skip(totals);
  }
  loss_.on_totals(totals,
                  {.rate_kbps = rate_kbps_, .packet_video_bytes = packet_wire_bytes_ / wire_ratio_},
                  now);
  if (window_end_ && now < *window_end_) return;
  const double wire_bytes =
      static_cast<double>(totals.packets_sent - window_packets_) * packet_wire_bytes_;
  if (window_end_ && window_video_bytes_ > 0 && wire_bytes > 0) {
    constexpr double kLeastRatio = 1.05, kMostRatio = 2.5;  // half of it parity, and small frames
    const double ratio = wire_bytes / static_cast<double>(window_video_bytes_);
    wire_ratio_ = std::clamp(0.5 * (wire_ratio_ + ratio), kLeastRatio, kMostRatio);
  }
  window_end_ = now + kRatioWindow;
  window_packets_ = totals.packets_sent;
  window_video_bytes_ = 0;
}

// Units that wait for a moment are those of a machine that did something else: the decoder catches
// up by itself, and smaller pictures would not have helped. One that is too slow never does.
void RateController::on_decoder_backlog(std::uint32_t waiting_frames, LocalTime now) noexcept {
  if (waiting_frames < kBacklogFrames) behind_since_.reset();
  if (waiting_frames >= kBacklogFrames && !behind_since_) behind_since_ = now;
  if (behind_since_ && now - *behind_since_ >= kBacklogSpacing) {
    decoder_ceiling_kbps_ = std::max(bounds_.floor_kbps, rate_kbps_ / 4 * 3);
    decoder_cut_at_ = now;
    behind_since_ = now;
  } else if (decoder_ceiling_kbps_ && now - decoder_cut_at_ >= kBacklogHold) {
    decoder_cut_at_ += seconds(1);
    *decoder_ceiling_kbps_ += *decoder_ceiling_kbps_ / 12;
    if (*decoder_ceiling_kbps_ > bounds_.ceiling_kbps) decoder_ceiling_kbps_.reset();
  }
}

void RateController::on_rate_changed(std::uint32_t bitrate_kbps) noexcept {
  unanswered_ = std::max(0, unanswered_ - 1);
  if (unanswered_ == 0) rate_kbps_ = std::max(bitrate_kbps, bounds_.floor_kbps);
}

void RateController::on_mode(const DisplayMode& mode) noexcept {
  if (mode.refresh.numerator == 0) return;  // no host can mean that
  params_.mode = mode;
  bounds_ = rate_bounds(mode, params_.named_kbps);
}

std::optional<std::uint32_t> RateController::poll_wish(LocalTime now) noexcept {
  if (ignore_until_ && now < *ignore_until_) return std::nullopt;
  const std::optional<double> right = right_kbps(now);
  if (!right) return std::nullopt;
  const double safe = *right * kSafeRise;
  const double wanted = std::min(*right, std::max(rate_kbps_ * kMostRise, safe));
  const bool at_once = wanted < rate_kbps_ || rate_kbps_ < safe;
  if (!due(wanted, at_once ? kFallSpacing : kRiseSpacing, now)) return std::nullopt;
  rate_kbps_ = static_cast<std::uint32_t>(wanted);
  changed_at_ = now;
  asked_at_ = now;
  unanswered_ = std::min(unanswered_ + 1, kMaxUnanswered);
  return rate_kbps_;
}

std::optional<double> RateController::right_kbps(LocalTime now) noexcept {
  watch_drain(now);
  make_room_for_others(now);
  adjust_caution(now);
  const bool urgent = delay_.standing() > kToleratedQueue;
  const std::optional<std::uint32_t> capacity = capacity_.kbps(urgent);
  if (capacity) loss_.on_capacity(*capacity);
  // Where no frame is ever whole, losses alone decide.
  if (!capacity && !loss_.kbps()) return std::nullopt;
  double kbps = capacity ? *capacity * share_of_capacity() / wire_ratio_ : rate_kbps_;
  if (const auto ceiling = loss_.kbps()) kbps = std::min<double>(kbps, *ceiling);
  if (decoder_ceiling_kbps_) kbps = std::min<double>(kbps, *decoder_ceiling_kbps_);
  return std::clamp<double>(kbps, bounds_.floor_kbps, bounds_.ceiling_kbps);
}

double RateController::share_of_capacity() const noexcept {
  const double share =
      std::min(kShare, seconds_of(kCrossing) / seconds_of(params_.mode.refresh.period()));
  const Nanos excess = delay_.standing() - kToleratedQueue;
  if (excess <= Nanos(0)) return share * caution_;
  return std::max(kLeastShare, share * caution_ - seconds_of(excess) / seconds_of(kDrainTime));
}

void RateController::watch_drain(LocalTime now) noexcept {
  const Nanos standing = delay_.standing();
  if (standing <= kToleratedQueue) return end_drain(now);
  if (!drain_since_) {
    drain_since_ = now;
    drain_from_ = standing;
    drain_peak_ = Nanos(0);
    watch_part(now);
  }
  drain_peak_ = std::max(drain_peak_, standing);
  if (now - *drain_since_ < kDrainPatience) return;
  if (standing > drain_from_ * 3 / 4) delay_.rebase();
  drain_since_.reset();
}

void RateController::end_drain(LocalTime now) noexcept {
  if (!drain_since_) return;
  drain_since_.reset();
  if (drain_peak_ < kDrained) return;
  caution_ = std::min(caution_, kShareAfterDrain);
  drained_at_ = now;
  // The frames before it were late because of that queue, or crossed another link than there is
  // now.
  delay_.forget_late();
}

void RateController::watch_part(LocalTime now) noexcept {
  part_.begin(now);
  queue_at_part_ = delay_.standing();
}

// A queue that is emptying needs no more caution; one that stays does.
void RateController::make_room_for_others(LocalTime now) noexcept {
  if (!drain_since_ || now - part_.began_at() < kCautionSpacing) return;
  const Nanos standing = delay_.standing();
  const std::optional<std::uint32_t> capacity = capacity_.kbps(false);
  const std::optional<double> part = capacity ? part_.of(*capacity) : std::nullopt;
  const bool stays = standing > kSharedQueue && standing > queue_at_part_ * 3 / 4;
  watch_part(now);
  if (!part || !stays) return;
  constexpr double kLeastShared = 0.2;
  const double shared = std::max(kLeastShared, *part * kBelowPart / kShare);
  if (shared >= caution_) return;  // there is room already, or the link is ours alone
  caution_ = shared;
  hold_caution_until_ = now + kPartHold;
}

// Without a standing queue, frames that come late need more caution.
void RateController::adjust_caution(LocalTime now) noexcept {
  if (now - caution_at_ < kCautionSpacing) return;
  caution_at_ = now;
  if (delay_.standing() > kToleratedQueue) return;
  constexpr double kLess = 0.93, kMore = 1.03, kLeast = 0.7;
  // Frames that are across so soon are late for reasons that sending less does not mend.
  const bool short_anyway = capacity_.mean_spread() < kCrossing / 2;
  const double late = short_anyway ? 0 : delay_.late(kLate);
  const double most = drained_at_ && now - *drained_at_ < kAfterDrain ? kShareAfterDrain : 1.0;
  if (late > kMostLate) {
    caution_ = std::min(caution_, std::max(kLeast, caution_ * kLess));
  } else if (late < kMostLate / 2 && now >= hold_caution_until_) {
    caution_ = std::min(std::max(caution_, most), caution_ * kMore);
  }
}

bool RateController::due(double wanted_kbps, Nanos spacing, LocalTime now) const noexcept {
  const double change = std::abs(wanted_kbps - rate_kbps_) / rate_kbps_;
  if (change < kLeastChange) return false;
  if (unanswered_ >= kMaxUnanswered && now - *asked_at_ < kAnswerPatience) return false;
  return now - changed_at_ >= spacing;
}

}  // namespace pf::control
