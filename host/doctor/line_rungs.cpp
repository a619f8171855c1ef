// A picture and a tone, all the way.
#include <algorithm>

#include "host/doctor/patient.h"
#include "host/doctor/rungs.h"
#include "host/doctor/test_line.h"
#include "host/doctor/test_session.h"

namespace pf::doctor {
namespace {

// Of a patch of the colour card, through the whole line (test_line.cpp).
constexpr double kMostLineColourError = 24;
// Pictures that were given up, of a hundred, before a person minds.
constexpr std::uint64_t kMostGivenUpPercent = 10;
constexpr double kMostSilentShare = 0.05;
constexpr std::uint64_t kMostGaps = 3;

constexpr const char* kBusy =
    "look for what keeps the processor busy: top; or ask for less: --set video.bitrate_kbps=8000";

Finding from(const Result<std::string>& result, std::string fix = {}) {
  return result ? ok(*result) : failed(result.error(), std::move(fix));
}

// What to do about a part that broke, by what it said.
std::string fix_of(const std::string& reason) {
  if (reason.find("signal 9") != std::string::npos)
    return "look who killed it: sudo dmesg | grep -i -e oom -e killed";
  if (reason.find("signal") != std::string::npos)
    return "look at its core dump: coredumpctl info; and report it";
  return {};
}

Finding needs(const char* rung) { return skipped(fmt::format("needs the rung \"{}\"", rung)); }

}  // namespace

Finding look_at_display(Patient& patient) {
  const auto opened = patient.line().open_display();
  return from(opened, opened ? std::string() : fix_of(opened.error().what));
}

Finding look_at_capture(Patient& patient) {
  if (!patient.line().has_display()) return needs("display");
  const auto captured = patient.line().capture();
  return from(captured, captured ? std::string() : fix_of(captured.error().what));
}

Finding look_at_encode(Patient& patient) {
  if (!patient.line().has_source()) return needs("capture");
  return from(patient.line().encode());
}

Finding look_at_decode(Patient& patient) {
  if (!patient.line().has_pictures()) return needs("encode");
  Finding found = from(patient.line().decode());
  patient.end_line();
  return found;
}

Finding look_at_session(Patient& patient) {
  patient.end_line();
  const auto connected = patient.session().connect();
  return from(connected, connected ? std::string() : fix_of(connected.error().what));
}

Finding look_at_stream(Patient& patient) {
  TestSession& session = patient.session();
  if (!session.connected()) return needs("session");
  const auto streamed = session.stream();
  if (!streamed) return failed(streamed.error(), fix_of(streamed.error().what));
  const auto& received = session.seen().received;
  if (100 * received.frames_dropped > kMostGivenUpPercent * received.frames)
    return warning(*streamed, kBusy);
  return ok(*streamed);
}

Finding look_at_parts(Patient& patient) {
  const auto& seen = patient.session().seen();
  if (!seen.streamed) return needs("stream");
  if (seen.broken.empty()) return ok("none was opened anew");
  // Who was killed is to blame for those who miss it.
  const auto killed = std::find_if(
      seen.broken.begin(), seen.broken.end(),
      [](const HealthRow& row) { return row.reason.find("signal") != std::string::npos; });
  const HealthRow& row = killed == seen.broken.end() ? seen.broken.front() : *killed;
  return failed(fmt::format("{} broke{}: {}", row.worker,
                            row.health == Health::working
                                ? fmt::format(" and was opened anew, {} times", row.reopened)
                                : std::string(),
                            row.reason),
                fix_of(row.reason));
}

Finding look_at_pictures(Patient& patient) {
  const auto& seen = patient.session().seen();
  if (!seen.streamed) return needs("stream");
  const auto& counts = seen.pictures;
  if (counts.unreadable != 0 || counts.torn != 0 || counts.reordered != 0) {
    return failed(fmt::format("of {} pictures {} are damaged, {} made of two, {} out of order",
                              counts.shown, counts.unreadable, counts.torn, counts.reordered),
                  "");
  }
  if (seen.largest_colour_error > kMostLineColourError) {
    return failed(fmt::format("colours are off by {:.0f} of 255", seen.largest_colour_error), "");
  }
  return ok(fmt::format("{} pictures, {:.0f} ms from drawn to decoded", counts.shown,
                        std::chrono::duration<double, std::milli>(seen.latency).count()));
}

Finding look_at_sound(Patient& patient) {
  const auto& seen = patient.session().seen();
  if (!seen.streamed) return needs("stream");
  // What was seen ends with the session.
  const std::optional<audio::ToneReport> heard = seen.sound;
  const std::string no_sound = seen.no_sound;
  patient.end_session();
  if (!heard) return skipped(no_sound);
  const audio::ToneReport& report = *heard;
  if (report.heard == Nanos(0))
    return failed("nothing was heard",
                  "wpctl status; the sink \"punktfunk\" has to be there while "
                  "somebody streams");
  for (const audio::ToneOnChannel& channel : report.channels) {
    if (channel.heard_hz != channel.expected_hz) {
      return failed(
          fmt::format(
              "a tone of {:.0f} Hz was played, and {} heard", channel.expected_hz,
              channel.heard_hz == 0 ? "none" : fmt::format("one of {:.0f} Hz", channel.heard_hz)),
          "end what plays besides, and try again");
    }
    if (channel.silent_share > kMostSilentShare || channel.gaps > kMostGaps) {
      return warning(fmt::format("the sound has {} gaps, {:.0f} % of it is missing", channel.gaps,
                                 100 * channel.silent_share),
                     kBusy);
    }
  }
  return ok(
      fmt::format("both tones, {:.1f} s", std::chrono::duration<double>(report.heard).count()));
}

}  // namespace pf::doctor
