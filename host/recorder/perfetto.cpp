#include "host/recorder/perfetto.h"

#include <algorithm>
#include <array>
#include <deque>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace pf::recorder {
namespace {

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

  std::string write() {
    name_processes();
    for (const TimelineRow& row : recording_.rows) write_frame(row);
    write_hitches();
    write_rate();
    for (const LossPoint& point : recording_.losses)
      counter("loss", point.at, "ppm", point.loss_ppm);
    name_tracks();
    return fmt::format(
        "{{\"displayTimeUnit\":\"ms\",\"otherData\":{{\"session\":{},\"device\":{},\"mode\":{},"
        "\"client_tells\":{},\"clock_error_us\":{}}},\"traceEvents\":[\n{}\n]}}\n",
        recording_.session.number, quoted(recording_.session.device),
        quoted(recording_.session.mode), recording_.client_tells, recording_.clock_error_us,
        events_);
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

  static std::string quoted(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  template <class... Values>
  void event(fmt::format_string<Values...> format, Values&&... values) {
    if (!events_.empty()) events_ += ",\n";
    fmt::format_to(std::back_inserter(events_), format, std::forward<Values>(values)...);
  }

  void name_processes() {
    for (const auto& [process, name] : {std::pair(kHost, "host"), std::pair(kClient, "client")}) {
      event(R"({{"ph":"M","pid":{},"name":"process_name","args":{{"name":"{}"}}}})", process, name);
      event(R"({{"ph":"M","pid":{},"name":"process_sort_index","args":{{"sort_index":{}}}}})",
            process, process);
    }
  }

  void name_track(int process, int track, const std::string& name) {
    event(R"({{"ph":"M","pid":{},"tid":{},"name":"thread_name","args":{{"name":"{}"}}}})", process,
          track, name);
    event(R"({{"ph":"M","pid":{},"tid":{},"name":"thread_sort_index","args":{{"sort_index":{}}}}})",
          process, track, track);
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
    if (row.bytes > 0) counter("frame", row.last_sent, "bytes", row.bytes);
    if (row.bitrate_kbps > 0 && std::exchange(asked_kbps_, row.bitrate_kbps) != row.bitrate_kbps)
      counter("rate asked", row.captured, "kbps", row.bitrate_kbps);
  }

  void write_slice(const TimelineRow& row, const Slice& slice, const Place& at) {
    event(R"({{"ph":"X","pid":{},"tid":{},"cat":"{}","name":"{} {}","ts":{:.3f},"dur":{:.3f},)"
          R"("args":{{"frame":{},"bytes":{},"packets":{}}}}})",
          slice.process, at.track, slice.name, row.idr ? "key frame" : "frame", value(row.id),
          ts(at.from), us(at.to - at.from), value(row.id), row.bytes, row.packets);
  }

  // The last one ends at the slice around it, not at the next one.
  void write_flow(const TimelineRow& row, int process, const Place& at, std::string_view phase) {
    event(R"({{"ph":"{}","pid":{},"tid":{},"cat":"frame","name":"frame","id":{},"ts":{:.3f}{}}})",
          phase, process, at.track, value(row.id), ts(at.from), phase == "f" ? R"(,"bp":"e")" : "");
  }

  void write_hitches() {
    LocalTime free{base_};
    for (const Hitch& hitch : recording_.hitches) {
      const LocalTime from = std::max(hitch.at - hitch.interval, free);
      free = std::max(hitch.at, from);
      std::string shares;
      for (std::size_t i = 0; i < kStageCount; ++i)
        fmt::format_to(std::back_inserter(shares), R"(,"{}_us":{:.3f})",
                       name_of(static_cast<Stage>(i)), us(hitch.shares[i]));
      event(R"({{"ph":"X","pid":{},"tid":{},"cat":"hitch","name":"{}","ts":{:.3f},"dur":{:.3f},)"
            R"("args":{{"frame":{},"cadence_us":{:.3f}{}}}}})",
            kHost, kHitchTrack, cause_of(recording_, hitch), ts(from), us(free - from),
            value(hitch.frame), us(hitch.cadence), shares);
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
      counter("rate sent", row.last_sent, "kbps", per_s * 8 / 1e3);
    }
  }

  void counter(const char* name, LocalTime at, const char* unit, double value) {
    event(R"({{"ph":"C","pid":{},"name":"{}","ts":{:.3f},"args":{{"{}":{:.1f}}}}})", kHost, name,
          ts(at), unit, value);
  }

  const Recording& recording_;
  LocalTime base_;
  std::string events_;                                        // with commas between
  std::array<std::vector<LocalTime>, kSlices.size()> lanes_;  // until when each track is taken
  std::uint32_t asked_kbps_ = 0;
};

}  // namespace

std::string to_perfetto(const Recording& recording) { return Writer(recording).write(); }

}  // namespace pf::recorder
