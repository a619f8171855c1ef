#include "host/gamestream/protocol/stock_client_rate.h"

#include <algorithm>
#include <cmath>

namespace pf::gamestream {
namespace {

// Of what was asked for, at the start: enough for a picture, too little to bury a slow way.
constexpr double kStartShare = 0.25;
constexpr double kStartKbps = 5'000;
// Headers, and padding of each block's last packet.
constexpr double kHeaderShare = 1.05;
// What the rate may be above its use: nothing is learnt about a way that is not used.
constexpr double kLeastUse = 0.6;
// Long enough for a few frames, short enough to follow a cut.
constexpr Nanos kSentSpan = milliseconds(300);
constexpr Nanos kLossSpan = seconds(1);
// Parity never falls faster, so that the losses of a moment ago still have theirs.
constexpr double kPercentPerSecond = 5;
constexpr double kParityPerSecond = 0.25;
// A block that lost more was in an outage, for which no parity helps.
constexpr double kMostHeldPercent = 60;
constexpr double kMostHeldParity = 6;
// For as long as nothing is known about the way: radios lose three at a time.
constexpr double kUnknownPercent = 35, kUnknownParity = 4;
constexpr std::uint32_t kSmallBlock = 5;
// A queue that is gone before the span is over says no more than that.
constexpr double kMostShrinking = -0.5;
constexpr double kQuietKept = 0.999;

double seconds_of(Nanos time) noexcept { return std::chrono::duration<double>(time).count(); }
double kbps_of(double bytes, Nanos time) noexcept { return bytes * 8 / seconds_of(time) / 1000; }

}  // namespace

StockClientRate::StockClientRate(const Params& params) noexcept
    : params_(params),
      asked_wire_kbps_(params.asked_kbps * (100.0 + params.fec_percent) / 100 * kHeaderShare),
      wire_ratio_((100.0 + params.fec_percent) / 100 * kHeaderShare),
      fec_percent_(params.fec_percent),
      held_percent_(kUnknownPercent),
      held_parity_(kUnknownParity) {
  wire_kbps_ = std::min(asked_wire_kbps_, std::max(asked_wire_kbps_ * kStartShare, kStartKbps));
  fec_percent_ = std::max(params_.fec_percent, static_cast<std::uint32_t>(held_percent_));
  min_parity_ = std::max(params_.min_parity, static_cast<std::uint32_t>(held_parity_));
}

void StockClientRate::on_round_trip(Nanos time, LocalTime now) noexcept {
  trips_.on_round_trip(time, now);
}

void StockClientRate::on_fec_status(const FecStatus& status) noexcept {
  const std::uint32_t missing = BlockLosses::missing_packets(status);
  missing_packets_ += missing;
  // What a full queue drops does not come back for more parity.
  if (queue_ > kStanding || status.data_count == 0) return;
  losses_.on_report(status);
  if (status.recovered()) return;
  const double percent = 100.0 * (missing + 1) / status.data_count;
  if (status.data_count > kSmallBlock)
    held_percent_ = std::max(held_percent_, std::min(percent, kMostHeldPercent));
  held_parity_ = std::max(held_parity_, std::min(missing + 1.0, kMostHeldParity));
}

void StockClientRate::on_frames_lost(std::uint32_t first, std::uint32_t last) noexcept {
  if (first <= last) ++complaints_;
}

const StockClientRate::Mark& StockClientRate::mark_before(Nanos span) const noexcept {
  const Mark& newest = marks_[(mark_count_ - 1) % kMarks];
  const std::size_t kept = std::min(mark_count_, kMarks);
  for (std::size_t back = 1; back < kept; ++back) {
    const Mark& mark = marks_[(mark_count_ - 1 - back) % kMarks];
    if (newest.at - mark.at >= span) return mark;
  }
  return marks_[(mark_count_ - kept) % kMarks];
}

double StockClientRate::sent_kbps() const noexcept {
  const Mark& newest = marks_[(mark_count_ - 1) % kMarks];
  const Mark& before = mark_before(kSentSpan);
  if (newest.at <= before.at) return 0;
  return kbps_of(static_cast<double>(newest.sent.wire_bytes - before.sent.wire_bytes),
                 newest.at - before.at);
}

double StockClientRate::loss_over(Nanos span) const noexcept {
  const Mark& newest = marks_[(mark_count_ - 1) % kMarks];
  const Mark& before = mark_before(span);
  const auto sent = static_cast<double>(newest.sent.packets - before.sent.packets);
  if (sent <= 0) return 0;
  return std::min(1.0, static_cast<double>(newest.missing_packets - before.missing_packets) / sent);
}

// What went in, less what was lost, less what the queue grew by: it grows by as many seconds a
// second as more comes than leaves, and shrinks likewise.
double StockClientRate::capacity_kbps() const noexcept {
  const Mark& newest = marks_[(mark_count_ - 1) % kMarks];
  const Mark& before = mark_before(kSentSpan);
  const double span = std::max(seconds_of(newest.at - before.at), 0.001);
  const double growth = std::max(seconds_of(newest.queue - before.queue) / span, kMostShrinking);
  return sent_kbps() * (1 - loss_over(kSentSpan)) / (1 + growth);
}

void StockClientRate::update(const SentTotals& sent, Nanos backlog, LocalTime now) noexcept {
  if (!began_at_) began_at_ = next_rise_ = next_change_ = now;
  queue_ = std::max(trips_.standing(), backlog);
  if (mark_count_ > 0) {
    const Mark& last = marks_[(mark_count_ - 1) % kMarks];
    if (now - last.at < kMarkSpacing) return;
    losses_.on_sent(static_cast<double>(sent.frames - last.sent.frames),
                    static_cast<double>(sent.packets - last.sent.packets), now - last.at);
    choose_parity(now - last.at);
  }
  marks_[mark_count_++ % kMarks] = {now, sent, missing_packets_, queue_};
  const Mark& before = mark_before(kLossSpan);
  learn_ratio(before.sent, sent);
  const double loss = loss_over(kHeavySpan);
  if (queue_ > kStanding) {
    cut_for_queue(now);
  } else if (loss > kHeavyLoss) {
    cut_for_loss(loss, now);
  } else if (queue_ < kClear) {
    queue_at_cut_ = Nanos(0);
    rise(now);
  }
}

// Frames that do not fill a packet, as those of a screen that stands still, are mostly padding and
// parity: with the fifty bytes on the wire for each of theirs in mind, the first pictures that move
// again would be coded at a fiftieth of what the way carries.
void StockClientRate::learn_ratio(const SentTotals& before, const SentTotals& now) noexcept {
  const auto made = static_cast<double>(now.access_unit_bytes - before.access_unit_bytes);
  const auto wire = static_cast<double>(now.wire_bytes - before.wire_bytes);
  const auto frames = static_cast<double>(now.frames - before.frames);
  const auto packets = static_cast<double>(now.packets - before.packets);
  if (packets <= 0 || made <= frames * wire / packets) return;
  wire_ratio_ = std::max(1.0, wire / made);
}

void StockClientRate::cut_for_queue(LocalTime now) noexcept {
  if (now < next_change_) return;
  if (queue_at_cut_ > Nanos(0) && queue_ < queue_at_cut_ * 4 / 5) {  // it is going away
    queue_at_cut_ = queue_;
    next_change_ = now + kRiseSpacing;
    return;
  }
  if (queue_at_cut_ == Nanos(0)) forget_losses();
  queue_at_cut_ = queue_;
  const double carried = std::min(capacity_kbps(), wire_kbps_);
  // A second of queue would be half the rate for a second.
  const double drain = std::min(0.4, seconds_of(queue_));
  cut_to(carried * (kShare - drain), carried, now);
}

void StockClientRate::cut_for_loss(double loss, LocalTime now) noexcept {
  if (now < next_change_ || now < next_loss_cut_) return;
  if (loss_at_cut_ > 0 && loss > loss_at_cut_ * 2 / 3) {
    loss_at_cut_ = 0;
    next_loss_cut_ = now + kUselessCut;
    return;
  }
  loss_at_cut_ = loss;
  const double carried = sent_kbps() * (1 - loss);
  forget_losses();
  cut_to(carried * kShare, carried, now);
}

// They were the queue's, and not the way's.
void StockClientRate::forget_losses() noexcept {
  losses_ = {};
  held_percent_ = 0;
  held_parity_ = 0;
}

void StockClientRate::cut_to(double kbps, double carried, LocalTime now) noexcept {
  wire_kbps_ = std::max<double>(kFloorKbps, std::min(wire_kbps_ * 0.95, kbps));
  ceiling_kbps_ = std::max<double>(kFloorKbps, carried);
  // Until its effect can be seen.
  next_change_ = now + trips_.newest() + kSentSpan;
  next_rise_ = next_change_;
}

void StockClientRate::rise(LocalTime now) noexcept {
  if (now < next_rise_ || wire_kbps_ >= asked_wire_kbps_ * 2) return;
  if (sent_kbps() < wire_kbps_ * kLeastUse) return;
  const Nanos spacing = kRiseSpacing + trips_.least();
  next_rise_ = now + spacing;
  if (!ceiling_kbps_) {
    wire_kbps_ *= kQuickRise;
  } else if (wire_kbps_ < *ceiling_kbps_ * kShare) {
    wire_kbps_ = std::min(wire_kbps_ * kQuickRise, *ceiling_kbps_ * kShare);
  } else if (loss_over(kLossSpan) < kQuiet) {
    loss_at_cut_ = 0;
    const bool beyond = wire_kbps_ > *ceiling_kbps_ * 1.2;
    wire_kbps_ *= beyond ? kBolderRise : kSlowRise;
    next_rise_ = now + std::max(spacing, kSlowSpacing);
  }
}

void StockClientRate::choose_parity(Nanos passed) noexcept {
  const double elapsed = seconds_of(passed);
  held_percent_ = std::max(0.0, held_percent_ - kPercentPerSecond * elapsed);
  held_parity_ = std::max(0.0, held_parity_ - kParityPerSecond * elapsed);
  // Clients that send no reports only ask for what they have lost.
  if (complaints_ > 0 && missing_packets_ == 0 && queue_ <= kStanding) {
    held_percent_ =
        std::min(kMostHeldPercent, std::max(held_percent_, double{1.0} * fec_percent_) + 5);
    held_parity_ = std::min(kMostHeldParity, held_parity_ + 1);
  }
  complaints_ = 0;
  const Mark& newest = marks_[(mark_count_ - 1) % kMarks];
  const Mark& before = mark_before(kLossSpan);
  const auto frames = static_cast<double>(newest.sent.frames - before.sent.frames);
  const auto packets = static_cast<double>(newest.sent.packets - before.sent.packets);
  double wanted_percent = held_percent_, wanted_parity = held_parity_;
  if (frames > 0) {
    const auto data =
        static_cast<std::uint32_t>(std::max(1.0, packets / frames * 100 / (100.0 + fec_percent_)));
    wanted_percent = std::max(wanted_percent, 100.0 * losses_.parity_for(data) / data);
    wanted_parity = std::max<double>(wanted_parity, losses_.parity_for(kSmallBlock));
  }
  fec_percent_ = static_cast<std::uint32_t>(std::lround(
      std::clamp<double>(wanted_percent, params_.fec_percent, BlockLosses::kMaxParityPercent)));
  min_parity_ = std::max(params_.min_parity,
                         static_cast<std::uint32_t>(std::ceil(wanted_parity * kQuietKept)));
}

std::uint32_t StockClientRate::bitrate_kbps() const noexcept {
  // More parity than was asked for is paid for by the video.
  const double in_the_asked = params_.asked_kbps * (100.0 + params_.fec_percent) /
                              (100.0 + std::max(fec_percent_, params_.fec_percent));
  return static_cast<std::uint32_t>(std::min(in_the_asked, wire_kbps_ / wire_ratio_));
}

}  // namespace pf::gamestream
