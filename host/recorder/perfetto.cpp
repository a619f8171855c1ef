#include "host/recorder/perfetto.h"

#include <algorithm>
#include <array>
#include <deque>
#include <utility>

#include <nlohmann/json.hpp>

namespace pf::recorder {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kHost = 1, kClient = 2;  // as processes
constexpr int kHitchTrack = 1;
// Frames that one stage may hold at once and still be drawn side by side: those of half a second of
// a stalled stream. More are drawn shorter than they were.
constexpr int kMaxLanes = 32;
// What is sent is added up over so long for the rate that is shown.
constexpr Nanos kRateWindow = milliseconds(100);

struct Slice {
  const char* name;
  int process;
  LocalTime TimelineRow::*from;
  LocalTime TimelineRow::*to;
};
constexpr std::array<Slice, 8> kSlices{
    {{"composite", kHost, &TimelineRow::drawn, &TimelineRow::captured},
     {"capture", kHost, &TimelineRow::captured, &TimelineRow::delivered},
     {"convert", kHost, &TimelineRow::delivered, &TimelineRow::submitted},
     {"encode", kHost, &TimelineRow::submitted, &TimelineRow::encoded},
     {"send", kHost, &TimelineRow::encoded, &TimelineRow::last_sent},
     {"network", kClient, &TimelineRow::last_sent, &TimelineRow::received},
     {"decode", kClient, &TimelineRow::received, &TimelineRow::decoded},
     {"present", kClient, &TimelineRow::decoded, &TimelineRow::presented}}};

class Writer {
 public:
  explicit Writer(const Recording& recording) : recording_(recording) {
    if (!recording.rows.empty()) base_ = recording.rows.front().began();
  }

  Json write() {
    name_processes();
    for (const TimelineRow& row : recording_.rows) write_frame(row);
    write_hitches();
    write_rate();
    for (const LossPoint& point : recording_.losses)
      counter("loss", point.at, {{"ppm", point.loss_ppm}});
    name_tracks();
    return {{"displayTimeUnit", "ms"},
            {"otherData",
             {{"session", recording_.session.number},
              {"device", recording_.session.device},
              {"mode", recording_.session.mode},
              {"client_tells", recording_.client_tells},
              {"clock_error_us", recording_.clock_error_us}}},
            {"traceEvents", std::move(events_)}};
  }

 private:
  struct Place {
    int track;
    LocalTime from, to;
  };

  double ts(LocalTime at) const noexcept { return static_cast<double>((at - base_).count()) / 1e3; }
  static double us(Nanos span) noexcept { return static_cast<double>(span.count()) / 1e3; }
  static int track_of(std::size_t slice, int lane) noexcept {
    return 10 + static_cast<int>(slice) * kMaxLanes + lane;
  }

  void name_processes() {
    for (const auto& [process, name] : {std::pair(kHost, "host"), std::pair(kClient, "client")}) {
      events_.push_back(
          {{"ph", "M"}, {"pid", process}, {"name", "process_name"}, {"args", {{"name", name}}}});
      events_.push_back({{"ph", "M"},
                         {"pid", process},
                         {"name", "process_sort_index"},
                         {"args", {{"sort_index", process}}}});
    }
  }

  void name_track(int process, int track, const std::string& name) {
    events_.push_back({{"ph", "M"},
                       {"pid", process},
                       {"tid", track},
                       {"name", "thread_name"},
                       {"args", {{"name", name}}}});
    events_.push_back({{"ph", "M"},
                       {"pid", process},
                       {"tid", track},
                       {"name", "thread_sort_index"},
                       {"args", {{"sort_index", track}}}});
  }

  void name_tracks() {
    name_track(kHost, kHitchTrack, "hitches");
    for (std::size_t i = 0; i < kSlices.size(); ++i) {
      for (std::size_t lane = 0; lane < lanes_[i].size(); ++lane) {
        std::string name = kSlices[i].name;
        if (lane > 0) name += " " + std::to_string(lane + 1);
        name_track(kSlices[i].process, track_of(i, static_cast<int>(lane)), name);
      }
    }
  }

  // On the first track of the stage that is free by then.
  Place place(std::size_t slice, LocalTime from, LocalTime to) {
    std::vector<LocalTime>& lanes = lanes_[slice];
    std::size_t best = 0;
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      if (lanes[lane] <= from) {
        best = lane;
        break;
      }
      if (lanes[lane] < lanes[best]) best = lane;
    }
    const bool all_busy = lanes.empty() || lanes[best] > from;
    if (all_busy && lanes.size() < kMaxLanes) {
      best = lanes.size();
      lanes.push_back(from);
    }
    const LocalTime begins = std::max(from, lanes[best]);
    lanes[best] = std::max(begins, to);
    return {track_of(slice, static_cast<int>(best)), begins, lanes[best]};
  }

  // A clock's error may make a frame arrive before it was sent: such a slice has no length.
  void write_frame(const TimelineRow& row) {
    std::vector<std::pair<int, Place>> flow;  // process and place
    for (std::size_t i = 0; i < kSlices.size(); ++i) {
      const Slice& slice = kSlices[i];
      const LocalTime from = row.*slice.from, to = row.*slice.to;
      if (from == LocalTime{} || to == LocalTime{}) continue;
      const Place at = place(i, from, std::max(from, to));
      write_slice(row, slice, at);
      flow.emplace_back(slice.process, at);
    }
    for (std::size_t i = 0; i < flow.size() && flow.size() > 1; ++i)
      write_flow(row, flow[i].first, flow[i].second,
                 i == 0                 ? "s"
                 : i + 1 == flow.size() ? "f"
                                        : "t");
    if (row.bytes > 0) counter("frame", row.last_sent, {{"bytes", row.bytes}});
    if (row.bitrate_kbps > 0 && std::exchange(asked_kbps_, row.bitrate_kbps) != row.bitrate_kbps)
      counter("rate asked", row.captured, {{"kbps", row.bitrate_kbps}});
  }

  void write_slice(const TimelineRow& row, const Slice& slice, const Place& at) {
    Json args = {{"frame", value(row.id)}};
    if (row.bytes > 0) args["bytes"] = row.bytes;
    if (row.packets > 0) args["packets"] = row.packets;
    if (row.idr) args["idr"] = true;
    events_.push_back(
        {{"ph", "X"},
         {"pid", slice.process},
         {"tid", at.track},
         {"cat", slice.name},
         {"name", (row.idr ? "key frame " : "frame ") + std::to_string(value(row.id))},
         {"ts", ts(at.from)},
         {"dur", us(at.to - at.from)},
         {"args", std::move(args)}});
  }

  void write_flow(const TimelineRow& row, int process, const Place& at, const char* phase) {
    Json event = {{"ph", phase},     {"pid", process},      {"tid", at.track},  {"cat", "frame"},
                  {"name", "frame"}, {"id", value(row.id)}, {"ts", ts(at.from)}};
    if (*phase == 'f') event["bp"] = "e";  // it ends at the slice around it, not at the next one
    events_.push_back(std::move(event));
  }

  void write_hitches() {
    LocalTime free{base_};
    for (const Hitch& hitch : recording_.hitches) {
      const LocalTime from = std::max(hitch.at - hitch.interval, free);
      free = std::max(hitch.at, from);
      Json shares = {{"frame", value(hitch.frame)}, {"cadence_us", us(hitch.cadence)}};
      for (std::size_t i = 0; i < kStageCount; ++i)
        shares[name_of(static_cast<Stage>(i))] = us(hitch.shares[i]);
      events_.push_back({{"ph", "X"},
                         {"pid", kHost},
                         {"tid", kHitchTrack},
                         {"cat", "hitch"},
                         {"name", name_of(hitch.cause)},
                         {"ts", ts(from)},
                         {"dur", us(free - from)},
                         {"args", std::move(shares)}});
    }
  }

  void write_rate() {
    std::deque<const TimelineRow*> window;
    std::uint64_t bytes = 0;
    for (const TimelineRow& row : recording_.rows) {
      if (row.last_sent == LocalTime{}) continue;
      window.push_back(&row);
      bytes += row.bytes;
      while (window.front()->last_sent + kRateWindow <= row.last_sent) {
        bytes -= window.front()->bytes;
        window.pop_front();
      }
      const auto per_s =
          static_cast<double>(bytes) / std::chrono::duration<double>(kRateWindow).count();
      counter("rate sent", row.last_sent, {{"kbps", per_s * 8 / 1e3}});
    }
  }

  void counter(const char* name, LocalTime at, Json values) {
    events_.push_back(
        {{"ph", "C"}, {"pid", kHost}, {"name", name}, {"ts", ts(at)}, {"args", std::move(values)}});
  }

  const Recording& recording_;
  LocalTime base_;
  Json events_ = Json::array();
  std::array<std::vector<LocalTime>, kSlices.size()> lanes_;  // until when each track is taken
  std::uint32_t asked_kbps_ = 0;
};

}  // namespace

Json to_perfetto(const Recording& recording) { return Writer(recording).write(); }

}  // namespace pf::recorder
