#include "client/probe/sound_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace pf::probe {
namespace {

SoundReport with_tone() {
  SoundReport report;
  report.tone.emplace();
  report.tone->heard = seconds(4);
  for (const double tone_hz : {440.0, 550.0}) {
    report.tone->channels.push_back(
        {.expected_hz = tone_hz, .heard_hz = tone_hz, .power_ratio = 1e6, .rms = 0.18});
  }
  return report;
}

TEST(SoundReport, HasNothingToComplainAboutWhenItIsWholeOrNobodyAsked) {
  EXPECT_EQ(complaint(SoundReport{}), "");
  EXPECT_EQ(complaint(with_tone()), "");
  EXPECT_NE(to_table(with_tone()).find("whole for 4.0 s"), std::string::npos);
}

TEST(SoundReport, NamesTheSpeakerAndWhatIsWrong) {
  SoundReport report = with_tone();
  report.tone->channels[1].gaps = 3;
  report.tone->channels[1].longest_gap = milliseconds(12);
  EXPECT_EQ(complaint(report),
            "the tone did not come through whole: front right 3 gaps, the longest of 12.0 ms");
  report.tone->channels[0].heard_hz = 550;
  EXPECT_NE(complaint(report).find("front left 550 Hz, which is another channel's, instead of 440"),
            std::string::npos);
  report.tone->heard = {};
  EXPECT_EQ(complaint(report), "no sound came from the host");
}

TEST(SoundReport, SaysHowFarSoundAndPictureAreApart) {
  SoundReport report;
  EXPECT_TRUE(to_json(report)["behind_picture_ms"].is_null());
  for (int i = 0; i < 100; ++i)
    report.behind_picture_ns.push_back(i < 90 ? 10'000'000 : -40'000'000);
  const auto json = to_json(report)["behind_picture_ms"];
  EXPECT_NEAR(json["mean"].get<double>(), 5, 1e-9);
  EXPECT_NEAR(json["p95_distance"].get<double>(), 40, 1e-9);
}

}  // namespace
}  // namespace pf::probe
