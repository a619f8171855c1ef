#include "host/recorder/recording.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <unordered_set>

#include <nlohmann/json.hpp>

namespace pf::recorder {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;

struct InstantColumn {
  const char* name;
  LocalTime TimelineRow::*at;
};
constexpr std::array<InstantColumn, 11> kInstants{
    {{"drawn_us", &TimelineRow::drawn},
     {"captured_us", &TimelineRow::captured},
     {"delivered_us", &TimelineRow::delivered},
     {"submitted_us", &TimelineRow::submitted},
     {"encoded_us", &TimelineRow::encoded},
     {"first_sent_us", &TimelineRow::first_sent},
     {"last_sent_us", &TimelineRow::last_sent},
     {"first_received_us", &TimelineRow::first_received},
     {"received_us", &TimelineRow::received},
     {"decoded_us", &TimelineRow::decoded},
     {"presented_us", &TimelineRow::presented}}};

struct NumberColumn {
  const char* name;
  std::uint32_t TimelineRow::*value;
};
constexpr std::array<NumberColumn, 4> kNumbers{
    {{"bytes", &TimelineRow::bytes},
     {"packets", &TimelineRow::packets},
     {"bitrate_kbps", &TimelineRow::bitrate_kbps},
     {"compositor_late_us", &TimelineRow::compositor_late_us}}};

constexpr std::array<const char*, 5> kFates{"sent", "unsent", "lost", "undecoded", "shown"};

// Behind the numbers: reopened, idr, repeat, fate. In front: the frame's number.
constexpr std::size_t kColumnCount = 1 + kInstants.size() + kNumbers.size() + 4;

Json columns() {
  Json names = Json::array({"frame"});
  for (const InstantColumn& column : kInstants) names.push_back(column.name);
  for (const NumberColumn& column : kNumbers) names.push_back(column.name);
  for (const char* name : {"reopened", "idr", "repeat", "fate"}) names.push_back(name);
  return names;
}

std::int64_t micros_of(Nanos span) noexcept {
  return std::chrono::duration_cast<microseconds>(span).count();
}

// Where the recording begins: at a whole microsecond, so that one that is read and written again
// stays what it is.
LocalTime base_of(const Recording& recording) noexcept {
  LocalTime first{};
  if (!recording.rows.empty()) {
    first = recording.rows.front().began();
  } else if (!recording.losses.empty()) {
    first = recording.losses.front().at;
  } else if (!recording.hitches.empty()) {
    first = recording.hitches.front().at;
  }
  const Nanos began = first.since_epoch() + recording.wire_offset;
  return LocalTime(std::chrono::floor<microseconds>(began) - recording.wire_offset);
}

Json row_json(const TimelineRow& row, LocalTime base) {
  Json json = Json::array({value(row.id)});
  for (const InstantColumn& column : kInstants) {
    const LocalTime at = row.*column.at;
    json.push_back(at == LocalTime{} ? Json() : Json(micros_of(at - base)));
  }
  for (const NumberColumn& column : kNumbers) json.push_back(row.*column.value);
  json.push_back(row.reopened < kStageCount ? Json(name_of(static_cast<Stage>(row.reopened)))
                                            : Json());
  json.push_back(row.idr);
  json.push_back(row.repeat);
  json.push_back(kFates[static_cast<std::size_t>(row.fate)]);
  return json;
}

// In place of `game`, where the desktop does not tell.
constexpr const char* kDesktop = "desktop";

Json hitch_json(const Recording& recording, const Hitch& hitch, LocalTime base) {
  Json shares = Json::object();
  for (std::size_t i = 0; i < kStageCount; ++i)
    shares[name_of(static_cast<Stage>(i))] = micros_of(hitch.shares[i]);
  return {{"frame", value(hitch.frame)},
          {"at_us", micros_of(hitch.at - base)},
          {"interval_us", micros_of(hitch.interval)},
          {"cadence_us", micros_of(hitch.cadence)},
          {"cause", cause_of(recording, hitch)},
          {"shares_us", std::move(shares)}};
}

std::vector<const TimelineRow*> excerpt_of(const Recording& recording, const Excerpt& excerpt) {
  std::unordered_set<std::uint64_t> named;
  for (const Hitch& hitch : recording.hitches) named.insert(value(hitch.frame));
  std::vector<const TimelineRow*> wanted;
  for (const TimelineRow& row : recording.rows)
    if (value(row.id) >= excerpt.since) wanted.push_back(&row);
  if (excerpt.most_rows == 0 || wanted.size() <= excerpt.most_rows) return wanted;
  const std::size_t step = (wanted.size() + excerpt.most_rows - 1) / excerpt.most_rows;
  std::vector<const TimelineRow*> kept;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (i % step == 0 || named.count(value(wanted[i]->id)) != 0) kept.push_back(wanted[i]);
  return kept;
}

// --- Reading. A file of ours may be damaged, so nothing is believed.

// As nanoseconds it fits 64 bits, and is some way off in the future.
constexpr std::int64_t kMostUs = std::int64_t{1} << 53;
// Within a recording: half a year, so that sums of a few are still far from any bound.
constexpr std::int64_t kMostSpanUs = std::int64_t{1} << 44;

std::optional<std::int64_t> whole(const Json& json, std::int64_t most = kMostUs) {
  if (!json.is_number_integer()) return std::nullopt;
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(most))
    return std::nullopt;
  const auto number = json.get<std::int64_t>();
  if (number > most || number < -most) return std::nullopt;
  return number;
}
std::optional<std::int64_t> span(const Json& json) { return whole(json, kMostSpanUs); }

std::optional<std::uint32_t> count(const Json& json) {
  const auto number = whole(json);
  if (!number || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max())
    return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

template <class Names>
std::optional<std::size_t> index_of(const Json& json, const Names& names) {
  if (!json.is_string()) return std::nullopt;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (json.get_ref<const std::string&>() == names[i]) return i;
  return std::nullopt;
}

std::optional<Stage> stage_of(const Json& json) {
  std::array<const char*, kStageCount> names{};
  for (std::size_t i = 0; i < kStageCount; ++i) names[i] = name_of(static_cast<Stage>(i));
  const auto index = index_of(json, names);
  return index ? std::optional(static_cast<Stage>(*index)) : std::nullopt;
}

// An instant that is exactly the base would read as unknown where the base is 0; it never is.
std::optional<TimelineRow> read_row(const Json& json, LocalTime base) {
  if (!json.is_array() || json.size() != kColumnCount) return std::nullopt;
  TimelineRow row;
  std::size_t at = 0;
  const auto id = whole(json[at++]);
  if (!id || *id < 0) return std::nullopt;
  row.id = FrameId{static_cast<std::uint64_t>(*id)};
  for (const InstantColumn& column : kInstants) {
    const Json& cell = json[at++];
    if (cell.is_null()) continue;
    const auto us = span(cell);
    if (!us) return std::nullopt;
    row.*column.at = base + microseconds(*us);
  }
  for (const NumberColumn& column : kNumbers) {
    const auto number = count(json[at++]);
    if (!number) return std::nullopt;
    row.*column.value = *number;
  }
  const Json& reopened = json[at++];
  const auto stage = stage_of(reopened);
  if (!stage && !reopened.is_null()) return std::nullopt;
  if (stage) row.reopened = static_cast<std::uint8_t>(*stage);
  const Json &idr = json[at++], &repeat = json[at++];
  const auto fate = index_of(json[at], kFates);
  if (!idr.is_boolean() || !repeat.is_boolean() || !fate) return std::nullopt;
  row.idr = idr.get<bool>();
  row.repeat = repeat.get<bool>();
  row.fate = static_cast<Fate>(*fate);
  return row;
}

std::optional<Hitch> read_hitch(const Json& json, LocalTime base) {
  if (!json.is_object()) return std::nullopt;
  const auto frame = whole(json.value("frame", Json())), at = span(json.value("at_us", Json())),
             interval = span(json.value("interval_us", Json())),
             cadence = span(json.value("cadence_us", Json()));
  const Json name = json.value("cause", Json());
  const auto cause = name == kDesktop ? std::optional(Stage::game) : stage_of(name);
  const Json shares = json.value("shares_us", Json());
  if (!frame || *frame < 0 || !at || !interval || !cadence || !cause || !shares.is_object())
    return std::nullopt;
  Hitch hitch{.frame = FrameId{static_cast<std::uint64_t>(*frame)},
              .at = base + microseconds(*at),
              .interval = microseconds(*interval),
              .cadence = microseconds(*cadence),
              .cause = *cause};
  for (std::size_t i = 0; i < kStageCount; ++i) {
    const auto share = span(shares.value(name_of(static_cast<Stage>(i)), Json()));
    if (!share) return std::nullopt;
    hitch.shares[i] = microseconds(*share);
  }
  return hitch;
}

Failure damaged(const char* where) {
  return fail(ErrorKind::malformed, "the recording is damaged: its {} cannot be read", where);
}

Result<SessionFacts> read_facts(const Json& json) {
  const Json facts = json.value("session", Json());
  if (!facts.is_object()) return damaged("session");
  const auto number = count(facts.value("number", Json()));
  const auto text = [&](const char* name) { return facts.value(name, Json()); };
  if (!number || !text("door").is_string() || !text("device").is_string() ||
      !text("mode").is_string())
    return damaged("session");
  return SessionFacts{.number = *number,
                      .door = text("door").get<std::string>(),
                      .device = text("device").get<std::string>(),
                      .mode = text("mode").get<std::string>()};
}

}  // namespace

const char* cause_of(const Recording& recording, const Hitch& hitch) noexcept {
  const bool unclear = hitch.cause == Stage::game && !recording.desktop_tells;
  return unclear ? kDesktop : name_of(hitch.cause);
}

Nanos span_of(const Recording& recording) noexcept {
  if (recording.rows.empty()) return Nanos(0);
  return recording.rows.back().began() - recording.rows.front().began();
}

Json to_json(const Recording& recording, const Excerpt& excerpt) {
  const LocalTime base = base_of(recording);
  Json rows = Json::array(), losses = Json::array(), hitches = Json::array();
  for (const TimelineRow* row : excerpt_of(recording, excerpt))
    rows.push_back(row_json(*row, base));
  for (const LossPoint& point : recording.losses)
    losses.push_back(Json::array({micros_of(point.at - base), point.loss_ppm}));
  for (const Hitch& hitch : recording.hitches)
    if (value(hitch.frame) >= excerpt.since) hitches.push_back(hitch_json(recording, hitch, base));
  const std::uint64_t next =
      recording.rows.empty() ? excerpt.since : value(recording.rows.back().id) + 1;
  return {{"version", kVersion},
          {"session",
           {{"number", recording.session.number},
            {"door", recording.session.door},
            {"device", recording.session.device},
            {"mode", recording.session.mode}}},
          {"began_at_us", micros_of(base.since_epoch() + recording.wire_offset)},
          {"span_us", micros_of(span_of(recording))},
          {"client_tells", recording.client_tells},
          {"desktop_tells", recording.desktop_tells},
          {"clock_error_us", recording.clock_error_us},
          {"next", next},
          {"columns", columns()},
          {"rows", std::move(rows)},
          {"losses", std::move(losses)},
          {"hitches", std::move(hitches)}};
}

Result<Recording> parse_recording(const Json& json) {
  if (!json.is_object() || json.value("version", Json()) != kVersion ||
      json.value("columns", Json()) != columns())
    return fail(ErrorKind::malformed, "this is no recording that this version can read");
  Recording recording;
  PF_TRY(recording.session, read_facts(json));
  const auto began = whole(json.value("began_at_us", Json()));
  const auto clock_error = count(json.value("clock_error_us", Json()));
  const Json client_tells = json.value("client_tells", Json());
  const Json desktop_tells = json.value("desktop_tells", Json(true));  // older ones do not say
  if (!began || !clock_error || !client_tells.is_boolean() || !desktop_tells.is_boolean())
    return damaged("head");
  // On the Unix time line, with an offset of 0.
  const LocalTime base{microseconds(*began)};
  recording.clock_error_us = *clock_error;
  recording.client_tells = client_tells.get<bool>();
  recording.desktop_tells = desktop_tells.get<bool>();
  for (const Json& cells : json.value("rows", Json::array())) {
    const auto row = read_row(cells, base);
    if (!row) return damaged("rows");
    recording.rows.push_back(*row);
  }
  for (const Json& point : json.value("losses", Json::array())) {
    if (!point.is_array() || point.size() != 2) return damaged("losses");
    const auto at = span(point[0]);
    const auto ppm = count(point[1]);
    if (!at || !ppm) return damaged("losses");
    recording.losses.push_back({.at = base + microseconds(*at), .loss_ppm = *ppm});
  }
  for (const Json& one : json.value("hitches", Json::array())) {
    const auto hitch = read_hitch(one, base);
    if (!hitch) return damaged("hitches");
    recording.hitches.push_back(*hitch);
  }
  return recording;
}

}  // namespace pf::recorder
