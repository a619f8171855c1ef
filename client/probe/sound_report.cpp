#include "client/probe/sound_report.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/audio/speaker_layout.h"

namespace pf::probe {
namespace {

using Json = nlohmann::ordered_json;

double in_s(Nanos span) { return std::chrono::duration<double>(span).count(); }

const char* name_of(audio::Speaker speaker) {
  switch (speaker) {
    case audio::Speaker::mono:
      return "mono";
    case audio::Speaker::front_left:
      return "front left";
    case audio::Speaker::front_right:
      return "front right";
    case audio::Speaker::front_center:
      return "front centre";
    case audio::Speaker::low_frequency:
      return "low frequency";
    case audio::Speaker::rear_left:
      return "rear left";
    case audio::Speaker::rear_right:
      return "rear right";
    case audio::Speaker::side_left:
      return "side left";
    case audio::Speaker::side_right:
      return "side right";
  }
  return "";
}

const char* speaker_of(const SoundReport& report, std::size_t channel) {
  const auto layout = audio::layout_of(report.channel_count);
  return layout && channel < layout->channel_count ? name_of(layout->speakers[channel]) : "";
}

// Of the sound against the picture.
struct LipSync {
  double mean_ms = 0;
  double p95_ms = 0;  // of the distance, either way
};
std::optional<LipSync> lip_sync(const SoundReport& report) {
  std::vector<double> distances_ms;
  double sum_ms = 0;
  for (const std::int64_t behind_ns : report.behind_picture_ns) {
    const double behind_ms = static_cast<double>(behind_ns) / 1e6;
    sum_ms += behind_ms;
    distances_ms.push_back(std::abs(behind_ms));
  }
  if (distances_ms.empty()) return std::nullopt;
  const auto at = static_cast<std::ptrdiff_t>(distances_ms.size() * 95 / 100);
  std::nth_element(distances_ms.begin(), distances_ms.begin() + at, distances_ms.end());
  return LipSync{.mean_ms = sum_ms / static_cast<double>(distances_ms.size()),
                 .p95_ms = distances_ms[static_cast<std::size_t>(at)]};
}

Json to_json(const audio::ToneReport& tone, const SoundReport& report) {
  Json channels = Json::array();
  for (std::size_t i = 0; i < tone.channels.size(); ++i) {
    const audio::ToneOnChannel& channel = tone.channels[i];
    channels.push_back({{"speaker", speaker_of(report, i)},
                        {"expected_hz", channel.expected_hz},
                        {"heard_hz", channel.heard_hz},
                        {"power_ratio", channel.power_ratio},
                        {"rms", channel.rms},
                        {"silent_share", channel.silent_share},
                        {"gaps", channel.gaps},
                        {"longest_gap_ms", in_ms(channel.longest_gap)},
                        {"clicks", channel.clicks}});
  }
  Json gaps_at = Json::array();  // by the monotonic clock
  for (const LocalTime at : report.gaps_at) gaps_at.push_back(in_s(at.since_epoch()));
  return {{"whole", tone.whole()},
          {"heard_s", in_s(tone.heard)},
          {"gaps_at_s", gaps_at},
          {"channels", channels}};
}

std::string complaint(const audio::ToneOnChannel& channel) {
  if (channel.heard_hz == 0) return fmt::format("no tone of {:.0f} Hz", channel.expected_hz);
  if (channel.heard_hz != channel.expected_hz) {
    return fmt::format("{:.0f} Hz, which is another channel's, instead of {:.0f}", channel.heard_hz,
                       channel.expected_hz);
  }
  if (channel.power_ratio <= audio::ToneCheck::kMinPowerRatio) {
    return fmt::format("a tone only {:.0f} times as strong as what is beside it",
                       channel.power_ratio);
  }
  if (channel.gaps > 0) {
    return fmt::format("{} gaps, the longest of {:.1f} ms", channel.gaps,
                       in_ms(channel.longest_gap));
  }
  return channel.clicks > 0 ? fmt::format("{} clicks", channel.clicks) : "";
}

}  // namespace

Json to_json(const SoundReport& report) {
  const auto& counts = report.figures.counts;
  Json lacks = Json::array();  // by the monotonic clock
  for (const auto& lack : report.figures.lacks) {
    const bool device = lack.where == client_audio::SoundLack::Where::device;
    lacks.push_back(
        {{"at_s", in_s(lack.at.since_epoch())}, {"where", device ? "device" : "player"}});
  }
  const bool pcm = report.codec == message::AudioCodec::pcm;
  Json json{{"codec", pcm ? "pcm" : "opus"},
            {"rate_hz", report.rate_hz},
            {"channels", report.channel_count},
            {"packets",
             {{"received", counts.packets},
              {"lost", counts.lost},
              {"late", counts.late},
              {"duplicate", counts.duplicates},
              {"strange", counts.strangers},
              {"garbage", counts.garbage},
              {"quiet", counts.quiet}}},
            {"made_up_ms", in_ms(counts.made_up)},
            {"dry_spells", counts.dry_spells},
            {"starts", counts.starts},
            {"cuts", counts.cuts},
            {"depth_ms", in_ms(report.figures.depth)},
            {"target_ms", in_ms(report.figures.target)},
            {"drift_ppm", report.figures.drift * 1e6},
            {"missed_ms", in_ms(report.figures.missed)},
            {"lacks", lacks},
            {"outputs_opened", report.figures.opened},
            {"trouble", report.figures.trouble}};
  if (pcm) json["bits"] = report.bits;
  if (const auto sync = lip_sync(report)) {
    json["behind_picture_ms"] = {{"mean", sync->mean_ms}, {"p95_distance", sync->p95_ms}};
  } else {
    json["behind_picture_ms"] = nullptr;
  }
  if (report.tone) json["tone"] = to_json(*report.tone, report);
  return json;
}

std::string to_table(const SoundReport& report) {
  const auto& figures = report.figures;
  std::string table = fmt::format(
      "  sound         {} channels, {}; {} packets, {} lost, {:.0f} ms made up, {:.0f} ms wait\n",
      report.channel_count,
      report.codec == message::AudioCodec::pcm
          ? fmt::format("lossless {} Hz, {} bits", report.rate_hz, report.bits)
          : "Opus",
      figures.counts.packets, figures.counts.lost, in_ms(figures.counts.made_up),
      in_ms(figures.depth));
  if (!figures.trouble.empty()) table += fmt::format("  not heard     {}\n", figures.trouble);
  if (const auto sync = lip_sync(report)) {
    table +=
        fmt::format("  lip-sync      sound {:.1f} ms {} the picture, p95 {:.1f} ms off\n",
                    std::abs(sync->mean_ms), sync->mean_ms < 0 ? "before" : "after", sync->p95_ms);
  }
  if (report.tone && report.tone->whole()) {
    table += fmt::format("  tone          whole for {:.1f} s, RMS {:.4f}\n",
                         in_s(report.tone->heard), report.tone->channels.front().rms);
  }
  return table;
}

std::string complaint(const SoundReport& report) {
  if (!report.tone || report.tone->whole()) return {};
  if (report.tone->heard <= Nanos(0)) return "no sound came from the host";
  std::string sentence = "the tone did not come through whole: ";
  const char* separator = "";
  for (std::size_t i = 0; i < report.tone->channels.size(); ++i) {
    const std::string why = complaint(report.tone->channels[i]);
    if (why.empty()) continue;
    sentence += fmt::format("{}{} {}", separator, speaker_of(report, i), why);
    separator = "; ";
  }
  return sentence;
}

}  // namespace pf::probe
