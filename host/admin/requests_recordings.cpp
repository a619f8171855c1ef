#include "host/admin/request_tables.h"

#include <array>
#include <limits>

#include "host/admin/arguments.h"
#include "host/recorder/figures.h"
#include "host/recorder/perfetto.h"
#include "host/recorder/recorder.h"

namespace pf::admin {
namespace {

// A ring holds less.
constexpr std::int64_t kMaxSeconds = 24 * 3600;
// A page draws no more, and asks often.
constexpr std::int64_t kMaxTimelineRows = 4096;
constexpr std::int64_t kTimelineRows = 600;
constexpr std::size_t kMostSamples = 200;

constexpr Argument kSeconds{"seconds", ArgumentType::whole_number, false,
                            "only the last so many; not given: all that is kept"};
constexpr std::array kRecordArguments{kOnlySession, kSeconds};
constexpr std::array kStartArguments{kOnlySession};
constexpr std::array kRecordingArguments{
    Argument{"recording", ArgumentType::text, true, "its id, as the list shows it"}};
constexpr std::array kFiguresArguments{kSession,
                                       Argument{"seconds", ArgumentType::whole_number, false,
                                                "only the last so many; 60 when not given"}};
constexpr std::array kTimelineArguments{
    Argument{"session", ArgumentType::whole_number, true, "its number"},
    Argument{"since", ArgumentType::whole_number, false,
             "the first frame number wanted: \"next\" of the answer before"},
    Argument{"seconds", ArgumentType::whole_number, false,
             "only the last so many; 60 when not given"},
    Argument{"rows", ArgumentType::whole_number, false,
             "thinned evenly to so many; 600 when not given, 4096 at most"}};

Result<recorder::Recorder*> recorder_of(Administration& host) {
  recorder::Recorder* const recorder = host.controls().recorder;
  if (recorder == nullptr) return fail(ErrorKind::unavailable, "this host records nothing");
  return recorder;
}

Result<std::optional<Nanos>> length_of(const Json& arguments) {
  PF_TRY(const auto given, number(arguments, "seconds", kMaxSeconds));
  return given ? std::optional(Nanos(std::chrono::seconds(*given))) : std::nullopt;
}

Json to_json(const recorder::SavedRecording& saved) {
  return {{"id", saved.id},
          {"session", saved.session},
          {"saved_at_s", saved.saved_at_s},
          {"bytes", saved.bytes}};
}

Json ids_of(const std::vector<recorder::SavedRecording>& parts) {
  return list_of(parts, [](const auto& part) { return Json(part.id); });
}

Json to_json(const recorder::RunningRecording& running) {
  return {{"session", running.session},
          {"started_at_s", whole_seconds(running.started_at.since_epoch())},
          {"elapsed_s", whole_seconds(running.elapsed)},
          {"pictures", running.pictures},
          {"parts", ids_of(running.parts)},
          {"missed", running.missed},
          {"problem", running.problem.empty() ? Json() : Json(running.problem)}};
}

Result<Json> recordings(Administration& host, const Json&) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  const auto json = [](const auto& one) { return to_json(one); };
  return Json{{"recordings", list_of(recorder->store().list(), json)},
              {"running", list_of(recorder->running(), json)}};
}

Result<Json> record(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto session, session_of(arguments));
  PF_TRY(const auto length, length_of(arguments));
  PF_TRY(const auto saved, recorder->save(session, length));
  return to_json(saved);
}

Result<Json> record_start(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto session, session_of(arguments));
  PF_TRY(const unsigned number, recorder->start(session));
  return Json{{"session", number}};
}

Result<Json> record_stop(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto session, session_of(arguments));
  PF_TRY(const auto parts, recorder->stop(session));
  Json last = to_json(parts.back());
  last["parts"] = ids_of(parts);
  return last;
}

Result<Json> recording(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto loaded, recorder->store().load(text(arguments, "recording")));
  return recorder::to_json(loaded);
}

Result<Json> recording_perfetto(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto loaded, recorder->store().load(text(arguments, "recording")));
  return Json(recorder::to_perfetto(loaded));
}

Result<Json> recording_delete(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto removed, recorder->store().remove(text(arguments, "recording")));
  return to_json(removed);
}

Result<Json> timeline(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto session, session_of(arguments));
  PF_TRY(const auto length, length_of(arguments));
  PF_TRY(const auto since, number(arguments, "since", std::numeric_limits<std::int64_t>::max()));
  PF_TRY(const auto rows, number(arguments, "rows", kMaxTimelineRows));
  PF_TRY(const auto seen, recorder->look(*session, length.value_or(recorder::Recorder::kKept)));
  return recorder::to_json(seen,
                           {.since = static_cast<std::uint64_t>(since.value_or(0)),
                            .most_rows = static_cast<std::size_t>(rows.value_or(kTimelineRows))});
}

Result<Json> figures(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto session, session_of(arguments));
  PF_TRY(const auto length, length_of(arguments));
  PF_TRY(const auto seen, recorder->look(*session, length.value_or(recorder::Recorder::kKept)));
  return recorder::figures_json(seen, kMostSamples);
}

Result<Json> recording_figures(Administration& host, const Json& arguments) {
  PF_TRY(recorder::Recorder* const recorder, recorder_of(host));
  PF_TRY(const auto loaded, recorder->store().load(text(arguments, "recording")));
  return recorder::figures_json(loaded, kMostSamples);
}

}  // namespace

std::span<const Request> recording_requests() {
  static const std::array rows{
      Request{"recordings", "The recordings that were saved, and those under way.", {}, recordings},
      Request{"record", "Saves what is kept of a session.", kRecordArguments, record},
      Request{"record-start", "Records a session from now on.", kStartArguments, record_start},
      Request{"record-stop", "Saves what came since record-start.", kStartArguments, record_stop},
      Request{"recording", "One recording.", kRecordingArguments, recording},
      Request{"recording-perfetto", "One recording, for ui.perfetto.dev, as a text.",
              kRecordingArguments, recording_perfetto},
      Request{"recording-delete", "Deletes a recording.", kRecordingArguments, recording_delete},
      Request{"timeline", "What became of a running session's pictures.", kTimelineArguments,
              timeline},
      Request{"figures", "How a session does, second by second.", kFiguresArguments, figures},
      Request{"recording-figures", "How a recorded session did.", kRecordingArguments,
              recording_figures},
  };
  return rows;
}

}  // namespace pf::admin
