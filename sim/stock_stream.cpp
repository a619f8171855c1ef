#include "sim/stock_stream.h"

#include <algorithm>
#include <deque>
#include <vector>

#include <fmt/format.h>

#include "host/gamestream/protocol/stock_client_rate.h"
#include "host/gamestream/protocol/video_packets.h"
#include "sim/clocks.h"
#include "sim/fake_encoder.h"
#include "sim/stock_client.h"

namespace pf::sim {
namespace {

using gamestream::FrameKind;
using gamestream::StockClientRate;

constexpr Nanos kStep = milliseconds(1);
constexpr Nanos kPingInterval = milliseconds(50);  // EnetHost's
constexpr Nanos kRateInterval = milliseconds(50);
constexpr Nanos kAftermath = milliseconds(900);  // for what is under way, on the longest of ways
constexpr std::uint32_t kFecPercent = 20;
constexpr std::uint32_t kHeaderBytes = 28;
constexpr std::size_t kPingBytes = 12;  // no packet of the video is so small
// Of the interval between frames, that a frame's packets are spread over.
constexpr double kSpread = 0.6;

// As RtspSession computes it: parity, sound and a little of everything off.
std::uint32_t encoder_kbps(std::uint32_t asked_kbps) {
  return asked_kbps * (100 - kFecPercent) / 100 - 96 - std::min(500u, asked_kbps / 10);
}

class StockWorld {
 public:
  explicit StockWorld(const StockStream& stream)
      : stream_(stream),
        rng_(stream.seed),
        down_(stream.down, rng_),
        encoder_(stream.seed, stream.refresh_hz),
        packets_({.fec_percent = kFecPercent}),
        rate_({.asked_kbps = encoder_kbps(stream.asked_kbps), .fec_percent = kFecPercent}),
        client_(stream.drops_references, stream.reports_blocks) {
    down_.note_queue(queue_);
  }

  StockOutcome play() {
    const LocalTime end = now_ + stream_.length;
    LocalTime next_second = now_ + seconds(1);
    for (; now_ < end + kAftermath; now_ += kStep) {
      take_complaints();
      if (now_ < end) make_frame();
      send_due();
      receive();
      if (now_ >= next_second && now_ <= end) {
        note_second();
        next_second += seconds(1);
      }
    }
    outcome_.intact = client_.intact();
    outcome_.shown = client_.shown();
    outcome_.queue_p95 = queue_p95();
    return outcome_;
  }

 private:
  struct Waiting {
    LocalTime due;
    std::vector<std::byte> bytes;
  };
  // On its way to the host.
  struct Said {
    LocalTime due;
    std::optional<StockClient::Complaint> complaint;  // empty: the answer to a ping
    LocalTime pinged_at;
  };

  void make_frame() {
    if (now_ < next_frame_) return;
    const Nanos interval(static_cast<std::int64_t>(1e9 / stream_.refresh_hz));
    next_frame_ += interval;
    const bool first = outcome_.sent == 0;
    const bool idr = first || idr_wanted_;
    const FrameKind kind = idr          ? FrameKind::idr
                           : lost_seen_ ? FrameKind::after_invalidation
                                        : FrameKind::predicted;
    const Bytes made =
        encoder_.encode(FrameId{outcome_.sent}, idr, Content::fresh, rate_.bitrate_kbps());
    idr_wanted_ = lost_seen_ = false;
    outcome_.key_frames += idr ? 1 : 0;
    ++outcome_.sent;
    kinds_.push_back(kind);
    packets_.set_fec_percent(rate_.fec_percent());
    packets_.set_min_parity(rate_.min_parity());
    packets_.begin({.access_unit = made, .kind = kind});
    const std::size_t before = waiting_.size();
    for (PacketRun run = packets_.next(); run.count > 0; run = packets_.next()) {
      for (std::uint32_t i = 0; i < run.count; ++i) {
        const std::byte* from = run.base + std::size_t{i} * run.stride;
        waiting_.push_back({now_, {from, from + run.stride}});
      }
    }
    const std::size_t count = waiting_.size() - before;
    for (std::size_t i = 0; i < count; ++i)
      waiting_[before + i].due =
          now_ +
          Nanos(static_cast<std::int64_t>(kSpread * static_cast<double>(interval.count()) *
                                          static_cast<double>(i) / static_cast<double>(count)));
    ++totals_.frames;
    totals_.access_unit_bytes += made.size();
  }

  void send_due() {
    for (; !waiting_.empty() && waiting_.front().due <= now_; waiting_.pop_front()) {
      const auto& bytes = waiting_.front().bytes;
      ++totals_.packets;
      totals_.wire_bytes += bytes.size() + kHeaderBytes;
      if (survives_bursts()) down_.send(bytes, now_);
    }
    if (now_ >= next_ping_) {
      next_ping_ = now_ + kPingInterval;
      std::vector<std::byte> ping(kPingBytes);
      detail::store(ping.data(), now_.ns(), false);
      down_.send(ping, now_);
    }
    if (now_ >= next_update_) {
      next_update_ = now_ + kRateInterval;
      rate_.update(totals_, Nanos(0), now_);
    }
  }

  bool survives_bursts() {
    if (burst_left_ == 0 && stream_.bursts.share > 0) {
      const double length = stream_.bursts.packets;
      const double begins = stream_.bursts.share / (length * (1 - stream_.bursts.share));
      if (rng_.unit() < begins) burst_left_ = stream_.bursts.packets;
    }
    if (burst_left_ == 0) return true;
    --burst_left_;
    return false;
  }

  void receive() {
    while (auto arrival = down_.arrive(now_)) {
      if (arrival->bytes.size() == kPingBytes) {
        const LocalTime sent(Nanos(detail::load<std::int64_t>(arrival->bytes.data(), false)));
        said_.push_back({now_ + stream_.up.delay, std::nullopt, sent});
        continue;
      }
      const auto frame = detail::load<std::uint32_t>(arrival->bytes.data() + 20, false);
      client_.on_packet(arrival->bytes, kinds_.at(frame - 1));
    }
    while (auto complaint = client_.poll())
      said_.push_back({now_ + stream_.up.delay, complaint, {}});
  }

  void take_complaints() {
    for (; !said_.empty() && said_.front().due <= now_; said_.pop_front()) {
      const Said& said = said_.front();
      if (!said.complaint) {
        rate_.on_round_trip(now_ - said.pinged_at, now_);
      } else if (const auto* status = std::get_if<gamestream::FecStatus>(&*said.complaint)) {
        rate_.on_fec_status(*status);
      } else if (const auto* lost =
                     std::get_if<gamestream::InvalidateReferences>(&*said.complaint)) {
        lost_seen_ = true;
        rate_.on_frames_lost(lost->first, lost->last);
      } else {
        idr_wanted_ = true;
        rate_.on_keyframe_wanted();
      }
    }
  }

  void note_second() {
    outcome_.course.push_back({.bitrate_kbps = rate_.bitrate_kbps(),
                               .fec_percent = rate_.fec_percent(),
                               .min_parity = rate_.min_parity(),
                               .shown = client_.shown() - shown_before_,
                               .queue = rate_.standing_queue()});
    shown_before_ = client_.shown();
  }

  Nanos queue_p95() {
    if (queue_.empty()) return Nanos(0);
    std::vector<Nanos> delays;
    for (const QueueSample& sample : queue_) delays.push_back(sample.delay);
    const auto at = delays.begin() + static_cast<std::ptrdiff_t>(delays.size() * 95 / 100);
    std::nth_element(delays.begin(), at, delays.end());
    return *at;
  }

  const StockStream stream_;
  SeededRng rng_;
  Link down_;
  FakeEncoder encoder_;
  gamestream::VideoPackets packets_;
  StockClientRate rate_;
  StockClient client_;
  gamestream::SentTotals totals_;
  StockOutcome outcome_;
  LocalTime now_ = kWorldStart;
  LocalTime next_frame_ = kWorldStart, next_ping_ = kWorldStart, next_update_ = kWorldStart;
  std::deque<Waiting> waiting_;
  std::deque<Said> said_;
  std::vector<FrameKind> kinds_;
  std::vector<QueueSample> queue_;
  std::uint32_t burst_left_ = 0;
  std::uint32_t shown_before_ = 0;
  bool idr_wanted_ = false, lost_seen_ = false;
};

}  // namespace

StockOutcome play(const StockStream& stream) { return StockWorld(stream).play(); }

std::string StockOutcome::to_string() const {
  std::string text = fmt::format("{} frames: {} intact, {} shown, {} key frames, queue p95 {} ms\n",
                                 sent, intact, shown, key_frames, queue_p95.count() / 1'000'000);
  for (const Second& second : course) {
    text += fmt::format("  {:6} kbit/s  {:3} %  {} at least  {:2} shown  {:3} ms\n",
                        second.bitrate_kbps, second.fec_percent, second.min_parity, second.shown,
                        second.queue.count() / 1'000'000);
  }
  return text;
}

}  // namespace pf::sim
