#include "host/recorder/recording.h"

#include <gtest/gtest.h>

#include <map>

#include <nlohmann/json.hpp>

#include "host/recorder/perfetto.h"
#include "host/recorder/stream_testing.h"

namespace pf::recorder {
namespace {

using Json = nlohmann::ordered_json;
using namespace testing_streams;

Recording some_recording() {
  Recording recording{
      .session = {.number = 3, .door = "native", .device = "tv", .mode = "1280x720@60"},
      .wire_offset = seconds(1'700'000'000),
      .client_tells = true,
      .desktop_tells = true,
      .clock_error_us = 120,
      .rows = smooth(120),
      .losses = {},
      .hitches = {}};
  delay(recording.rows, 60, Stage::network, milliseconds(250));
  recording.rows[80].drawn = LocalTime{};
  recording.rows[60].idr = true;
  recording.rows[61].reopened = static_cast<std::uint8_t>(Stage::encoder);
  recording.losses.push_back({.at = kBegan + seconds(1), .loss_ppm = 20'000});
  recording.hitches = HitchFinder().find(recording.rows);
  return recording;
}

TEST(Recording, IsTheSameAfterBeingWrittenAndRead) {
  const Json written = to_json(some_recording());
  EXPECT_EQ(written["rows"].size(), 120u);
  EXPECT_EQ(written["hitches"].size(), 1u);
  EXPECT_EQ(written["hitches"][0]["cause"], "network");
  const auto read = parse_recording(Json::parse(written.dump()));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->session, some_recording().session);
  EXPECT_EQ(to_json(*read), written);
}

TEST(Recording, BlamesNoProgramWhereTheDesktopDoesNotTell) {
  Recording recording = some_recording();
  recording.rows = smooth(120);
  for (TimelineRow& row : recording.rows) row.drawn = LocalTime{};
  delay(recording.rows, 60, Stage::compositor, milliseconds(250));
  recording.hitches = HitchFinder().find(recording.rows);
  ASSERT_EQ(recording.hitches.size(), 1u);
  recording.desktop_tells = false;
  const Json written = to_json(recording);
  EXPECT_EQ(written["hitches"][0]["cause"], "desktop");
  EXPECT_EQ(to_json(*parse_recording(written)), written);
  EXPECT_NE(to_perfetto(recording).find("\"desktop\""), std::string::npos);
}

TEST(Recording, BeginsOnTheUnixTimeLine) {
  const Json written = to_json(some_recording());
  EXPECT_EQ(written["began_at_us"], (1'700'000'000 + 1000) * 1'000'000ll);
  EXPECT_EQ(written["rows"][0][1], 0) << "drawn";
  EXPECT_EQ(written["rows"][0][2], 1000) << "captured";
  EXPECT_TRUE(written["rows"][80][1].is_null());
}

TEST(Recording, AnExcerptBeginsWhereItIsAskedToAndKeepsWhatHitched) {
  const Json thin = to_json(some_recording(), {.since = 30, .most_rows = 9});
  EXPECT_EQ(thin["rows"][0][0], 30);
  EXPECT_EQ(thin["next"], 120);
  EXPECT_LE(thin["rows"].size(), 10u);
  bool hitch_there = false;
  for (const Json& row : thin["rows"]) hitch_there |= row[0] == 60;
  EXPECT_TRUE(hitch_there);
  EXPECT_TRUE(to_json(some_recording(), {.since = 120})["rows"].empty());
}

TEST(Recording, OneWithoutPicturesIsSound) {
  const Recording nothing{.session = {.number = 1, .door = "native", .device = "", .mode = ""}};
  const auto read = parse_recording(to_json(nothing));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->rows.empty());
  EXPECT_TRUE(Json::parse(to_perfetto(nothing))["traceEvents"].is_array());
}

TEST(Recording, DamageIsAnErrorAndNoCrash) {
  const Json sound = to_json(some_recording());
  const auto broken = [&](auto break_it) {
    Json json = sound;
    break_it(json);
    const auto read = parse_recording(json);
    return !read && read.error().kind == ErrorKind::malformed;
  };
  EXPECT_TRUE(broken([](Json& json) { json = Json::array(); }));
  EXPECT_TRUE(broken([](Json& json) { json = 7; }));
  EXPECT_TRUE(broken([](Json& json) { json["version"] = 2; }));
  EXPECT_TRUE(broken([](Json& json) { json["columns"].push_back("more"); }));
  EXPECT_TRUE(broken([](Json& json) { json.erase("session"); }));
  EXPECT_TRUE(broken([](Json& json) { json["session"]["number"] = -1; }));
  EXPECT_TRUE(broken([](Json& json) { json["began_at_us"] = "now"; }));
  EXPECT_TRUE(broken([](Json& json) { json["rows"] = 7; }));
  EXPECT_TRUE(broken([](Json& json) { json["rows"][4].erase(2); }));
  EXPECT_TRUE(broken([](Json& json) { json["rows"][4][2] = 1e300; }));
  EXPECT_TRUE(broken([](Json& json) { json["rows"][4][2] = 9'000'000'000'000'000'000ll; }));
  EXPECT_TRUE(broken([](Json& json) { json["rows"][4][0] = -1; }));
  EXPECT_TRUE(broken([](Json& json) { json["rows"][4].back() = "eaten"; }));
  EXPECT_TRUE(broken([](Json& json) { json["hitches"][0]["cause"] = "moon"; }));
  EXPECT_TRUE(broken([](Json& json) { json["hitches"][0]["shares_us"].erase("send"); }));
  EXPECT_TRUE(broken([](Json& json) { json["losses"][0] = Json::array({1}); }));
}

// What ui.perfetto.dev asks of the format: named tracks, slices that do not overlap on one of them,
// flows that begin and end within a slice, counters.
TEST(Perfetto, HasTracksForTheStagesFlowsForTheFramesAndCounters) {
  const Recording recording = some_recording();
  const Json trace = Json::parse(to_perfetto(recording));
  ASSERT_TRUE(trace["traceEvents"].is_array());
  std::map<std::pair<int, int>, std::string> names;
  std::map<std::pair<int, int>, std::vector<std::pair<double, double>>> slices;
  std::map<int, std::vector<std::string>> flows;
  std::map<std::string, int> counters;
  for (const Json& event : trace["traceEvents"]) {
    const std::string phase = event["ph"];
    if (phase == "C") {
      counters[event["name"]]++;
      EXPECT_TRUE(event["args"].begin()->is_number());
    } else if (phase == "M") {
      if (event["name"] == "thread_name")
        names[{event["pid"], event["tid"]}] = event["args"]["name"];
    } else {
      const std::pair<int, int> track{event["pid"], event["tid"]};
      const double ts = event["ts"];
      EXPECT_GE(ts, 0);
      if (phase == "X") {
        EXPECT_GE(event["dur"].get<double>(), 0);
        slices[track].emplace_back(ts, ts + event["dur"].get<double>());
      } else {
        flows[event["id"].get<int>()].push_back(phase);
        bool inside = false;
        for (const auto& [from, to] : slices[track]) inside |= from <= ts && ts <= to;
        EXPECT_TRUE(inside) << "a flow must hang on a slice";
        if (phase == "f") {
          EXPECT_EQ(event["bp"], "e");
        }
      }
    }
  }
  std::vector<std::string> tracks;
  for (auto& [track, all] : slices) {
    ASSERT_TRUE(names.count(track) != 0) << "a track without a name";
    tracks.push_back(names[track]);
    std::sort(all.begin(), all.end());
    for (std::size_t i = 1; i < all.size(); ++i) EXPECT_LE(all[i - 1].second, all[i].first + 1e-6);
  }
  for (const char* name : {"hitches", "composite", "capture", "convert", "encode", "send",
                           "network", "network 2", "decode", "present"})
    EXPECT_TRUE(std::find(tracks.begin(), tracks.end(), name) != tracks.end()) << name;
  ASSERT_EQ(flows.size(), 120u);
  for (const auto& [frame, phases] : flows) {
    EXPECT_EQ(phases.front(), "s");
    EXPECT_EQ(phases.back(), "f");
    EXPECT_EQ(phases.size(), frame == 80 ? 7u : 8u);
  }
  EXPECT_EQ(counters["rate sent"], 120);
  EXPECT_EQ(counters["loss"], 1);
  EXPECT_EQ(counters["rate asked"], 1);
  EXPECT_EQ(counters["frame"], 120);
}

}  // namespace
}  // namespace pf::recorder
