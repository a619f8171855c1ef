// A host, a link and a rate controller, as little of each as decides how long packets wait.
//
// Packets are sizes and instants: thousands of simulated seconds cost a second. The link serves
// them in order at a capacity that may step, walk or stall, with a bounded queue; then come the
// delay of the way, its jitter and random losses. What the real ends do with real packets is tested
// in sim/.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "core/base/rng.h"
#include "core/control/rate_controller.h"

namespace pf::control::testing {

struct CapacityStep {
  double at_s = 0;
  double kbps = 0;
};

struct ModelledLink {
  const char* name = "";
  double kbps = 50'000;
  std::vector<CapacityStep> steps;
  // Every 100 ms the capacity is multiplied by up to 1 ± walk, within walk_span of its nominal.
  double walk = 0;
  double walk_span = 2;
  // Nothing is served for stall_ms, about every stall_gap_ms.
  double stall_ms = 0, stall_gap_ms = 0;
  double delay_ms = 10;  // of the way, each direction
  double jitter_ms = 0;  // up to so much more; order is kept
  double loss = 0;       // of packets, behind the queue
  double queue_kb = 4000;
  double policer_kb = 0;  // above its capacity everything is dropped when this bucket is empty
  double frame_hz = 60;
  double start_kbps = 20'000;
  double ceiling_kbps = 100'000;
  bool host_tells = true;  // its timings
  int slices = 1;          // of a frame, which leave one after the other as they are encoded
  double encode_ms = 0;    // of a frame; 0: two to six
};

class RateWorld {
 public:
  RateWorld(const ModelledLink& link, std::uint64_t seed)
      : link_(link),
        rng_(seed),
        controller_({.start_kbps = static_cast<std::uint32_t>(link.start_kbps),
                     .named_kbps = static_cast<std::uint32_t>(link.ceiling_kbps),
                     .mode = {{1280, 720}, {static_cast<std::uint32_t>(link.frame_hz), 1}}}),
        video_kbps_(link.start_kbps),
        capacity_kbps_(link.kbps),
        bucket_bytes_(link.policer_kb * 1000) {}

  void run(double length_s) {
    for (; now_s_ < length_s; now_s_ += 1 / link_.frame_hz) {
      hear_client(now_s_);
      send_frame();
    }
  }

  // Share of the packets, outside of 2 s after the start and every step, that waited so long or
  // less.
  double wait_ms(double share) const {
    std::uint64_t all = 0, upto = 0;
    for (const std::uint64_t count : waits_) all += count;
    for (std::size_t tenth_ms = 0; tenth_ms < waits_.size(); ++tenth_ms) {
      upto += waits_[tenth_ms];
      if (static_cast<double>(upto) >= share * static_cast<double>(all)) return tenth_ms / 10.0;
    }
    return waits_.size() / 10.0;
  }
  // Of the capacity, what was on the wire: outside of those 2 s.
  double use() const { return used_bytes_ / offered_bytes_; }
  // The least use in a second that began 2 s after a step.
  double least_use_after_step() const {
    double least = 1;
    for (const Settled& at : settled_) {
      if (at.offered_bytes > 0) least = std::min(least, at.used_bytes / at.offered_bytes);
    }
    return least;
  }
  int wishes() const { return wishes_; }
  double lost_frames() const { return static_cast<double>(lost_frames_) / frames_; }
  const RateController& controller() const { return controller_; }

 private:
  static constexpr double kShardBytes = 1408, kWireBytes = 1500;
  static constexpr double kParity = 0.05;
  static constexpr double kLineKbps = 2'000'000;  // what the host's socket gives
  static constexpr double kBurstBytes = 128 * 1024;
  static constexpr double kSettling_s = 2;

  struct Event {
    double at_s = 0;
    std::optional<FrameReceived> frame;
    std::optional<message::HostTiming> timing;
    ReceptionTotals totals;
    std::optional<double> answer_kbps;
  };
  struct Wish {
    double at_s = 0;
    double kbps = 0;
  };
  struct Settled {
    double from_s = 0;
    double used_bytes = 0, offered_bytes = 0;
  };

  static Nanos ns(double s) { return Nanos(static_cast<std::int64_t>(s * 1e9)); }
  static LocalTime local(double s) { return LocalTime(seconds(5000) + ns(s)); }
  static WireTime wire(double s) { return WireTime(seconds(900'000) + ns(s)); }

  bool settling(double at_s) const {
    if (at_s < kSettling_s) return true;
    return std::any_of(link_.steps.begin(), link_.steps.end(), [&](const CapacityStep& step) {
      return at_s >= step.at_s && at_s < step.at_s + kSettling_s;
    });
  }

  double capacity(double at_s) {
    double nominal = link_.kbps;
    for (const CapacityStep& step : link_.steps) {
      if (at_s >= step.at_s) nominal = step.kbps;
    }
    if (link_.walk == 0) return nominal;
    for (; walked_s_ < at_s; walked_s_ += 0.1) {
      walk_ *= 1 + link_.walk * (2 * rng_.unit() - 1);
      walk_ = std::clamp(walk_, 1 / link_.walk_span, link_.walk_span);
    }
    return nominal * walk_;
  }

  double after_stall(double at_s) {
    if (link_.stall_ms == 0) return at_s;
    while (at_s >= stall_end_s_) {
      stall_begin_s_ = stall_end_s_ + link_.stall_gap_ms * (0.5 + rng_.unit()) / 1000;
      stall_end_s_ = stall_begin_s_ + link_.stall_ms * (0.5 + rng_.unit()) / 1000;
    }
    return at_s < stall_begin_s_ ? at_s : stall_end_s_;
  }

  // Arrival, or nothing.
  std::optional<double> pass(double at_s) {
    ++numbered_;
    if (link_.policer_kb > 0) {
      const double rate = capacity(at_s) * 125;
      bucket_bytes_ =
          std::min(link_.policer_kb * 1000, bucket_bytes_ + (at_s - bucket_at_s_) * rate);
      bucket_at_s_ = at_s;
      if (bucket_bytes_ < kWireBytes) return std::nullopt;
      bucket_bytes_ -= kWireBytes;
      return note(at_s, at_s, at_s + kWireBytes / 125 / kLineKbps);
    }
    const double backlog_bytes = std::max(0.0, busy_until_s_ - at_s) * capacity_kbps_ * 125;
    if (backlog_bytes > link_.queue_kb * 1000) return std::nullopt;
    const double start_s = after_stall(std::max(at_s, busy_until_s_));
    capacity_kbps_ = capacity(start_s);
    busy_until_s_ = start_s + kWireBytes / 125 / capacity_kbps_;
    return note(at_s, start_s, busy_until_s_);
  }

  std::optional<double> note(double sent_s, double start_s, double served_s) {
    if (!settling(sent_s)) {
      const auto tenth_ms = static_cast<std::size_t>((start_s - sent_s) * 10'000);
      ++waits_[std::min(tenth_ms, waits_.size() - 1)];
    }
    if (rng_.unit() < link_.loss) return std::nullopt;
    const double jitter_s = link_.jitter_ms * rng_.unit() / 1000;
    last_arrival_s_ = std::max(last_arrival_s_, served_s + link_.delay_ms / 1000 + jitter_s);
    ++opened_;
    return last_arrival_s_;
  }

  void send_frame() {
    while (!wishes_waiting_.empty() && wishes_waiting_.front().at_s <= now_s_) {
      video_kbps_ = wishes_waiting_.front().kbps;
      wishes_waiting_.pop_front();
      events_.push_back({.at_s = now_s_ + link_.delay_ms / 1000,
                         .frame = {},
                         .timing = {},
                         .totals = totals(),
                         .answer_kbps = video_kbps_});
    }
    const double bytes = video_kbps_ * 125 / link_.frame_hz * (0.6 + 0.8 * rng_.unit());
    const auto data = static_cast<int>(std::ceil(bytes / kShardBytes));
    const auto parity = static_cast<int>(std::ceil(data * kParity));
    const double encode_s = (link_.encode_ms > 0 ? link_.encode_ms : 2 + 4 * rng_.unit()) / 1000;
    const double encoded_s = now_s_ + encode_s;
    account(encoded_s, (data + parity) * kWireBytes);

    double first_s = 0, complete_s = 0, at_s = now_s_ + encode_s / link_.slices;
    int arrived = 0;
    for (int i = 0; i < data + parity; ++i) {
      const double sent_bytes = i * kWireBytes;
      const double rate = sent_bytes < kBurstBytes ? kLineKbps : 3 * video_kbps_;
      if (i > 0) at_s += kWireBytes / 125 / rate;
      const int slice = i * link_.slices / (data + parity);
      at_s = std::max(at_s, now_s_ + encode_s * (slice + 1) / link_.slices);
      const std::optional<double> arrival = pass(at_s);
      if (!arrival) continue;
      if (++arrived == 1) first_s = *arrival;
      if (arrived == data) complete_s = *arrival;
    }
    ++frames_;
    Event event{.at_s = std::max(complete_s, at_s + link_.delay_ms / 1000),
                .frame = {},
                .timing = {},
                .totals = totals(),
                .answer_kbps = {}};
    if (arrived >= data) {
      event.frame = FrameReceived{.pts = wire(now_s_),
                                  .first_received = local(first_s),
                                  .received = local(complete_s),
                                  .frame_bytes = static_cast<std::uint32_t>(bytes),
                                  .packet_count = static_cast<std::uint32_t>(data),
                                  .from_slices = link_.slices > 1};
    } else {
      ++lost_frames_;
    }
    event.timing =
        message::HostTiming{.pts = wire(now_s_),
                            .host_us = static_cast<std::uint32_t>((at_s - now_s_) * 1e6),
                            .stages = message::HostTiming::Stages{
                                .queue_us = 0,
                                .encode_us = static_cast<std::uint32_t>((encoded_s - now_s_) * 1e6),
                                .pace_us = static_cast<std::uint32_t>((at_s - encoded_s) * 1e6)}};
    events_.push_back(event);
  }

  ReceptionTotals totals() const { return {.packets_sent = numbered_, .packets_opened = opened_}; }

  void account(double at_s, double bytes) {
    const double could = capacity(at_s) * 125 / link_.frame_hz;
    if (!settling(at_s)) {
      used_bytes_ += bytes;
      offered_bytes_ += could;
    }
    for (const CapacityStep& step : link_.steps) {
      const double since_s = at_s - step.at_s - kSettling_s;
      if (since_s < 0 || since_s >= 1) continue;
      if (settled_.empty() || settled_.back().from_s != step.at_s) {
        settled_.push_back({.from_s = step.at_s});
      }
      settled_.back().used_bytes += bytes;
      settled_.back().offered_bytes += could;
    }
  }

  void hear_client(double until_s) {
    while (!events_.empty() && events_.front().at_s <= until_s) {
      const Event event = events_.front();
      events_.pop_front();
      const LocalTime now = local(event.at_s);
      if (event.timing && link_.host_tells) controller_.on_host_timing(*event.timing, now);
      if (event.frame) controller_.on_frame(*event.frame, now);
      controller_.on_totals(event.totals, now);
      if (event.answer_kbps) {
        controller_.on_rate_changed(static_cast<std::uint32_t>(*event.answer_kbps));
      }
      if (const auto wish = controller_.poll_wish(now)) {
        ++wishes_;
        wishes_waiting_.push_back({event.at_s + link_.delay_ms / 1000, double(*wish)});
      }
    }
  }

  const ModelledLink link_;
  SeededRng rng_;
  RateController controller_;
  double now_s_ = 0;
  double video_kbps_;
  double capacity_kbps_;
  double busy_until_s_ = 0, last_arrival_s_ = 0;
  double walk_ = 1, walked_s_ = 0;
  double stall_begin_s_ = 0, stall_end_s_ = 0;
  double bucket_bytes_, bucket_at_s_ = 0;
  std::uint64_t numbered_ = 0, opened_ = 0;
  std::deque<Event> events_;
  std::deque<Wish> wishes_waiting_;
  std::array<std::uint64_t, 5000> waits_{};  // tenths of a millisecond
  double used_bytes_ = 0, offered_bytes_ = 1;
  std::vector<Settled> settled_;
  int wishes_ = 0;
  std::uint64_t frames_ = 0, lost_frames_ = 0;
};

}  // namespace pf::control::testing
