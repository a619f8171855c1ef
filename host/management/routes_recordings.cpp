#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

std::vector<Route> recording_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/sessions/{session}/timeline",
       .id = "getTimeline",
       .sentence = "What became of the pictures of a session in the last minute, and its hitches.",
       .need = read,
       .schema = "Recording",
       .requests = {"timeline"}},
      {.method = "GET",
       .path = "/sessions/{session}/figures",
       .id = "getFigures",
       .sentence = "How a session does: rate, loss and latency, second by second.",
       .need = read,
       .schema = "Figures",
       .requests = {"figures"}},
      {.method = "GET",
       .path = "/recordings",
       .id = "listRecordings",
       .sentence = "The recordings that were saved, the newest first, and those under way.",
       .need = read,
       .schema = "SavedRecordingList",
       .requests = {"recordings"}},
      {.method = "POST",
       .path = "/recordings",
       .id = "saveRecording",
       .sentence = "Saves what is kept of a session: the last seconds, or all.",
       .need = control,
       .schema = "SavedRecording",
       .status = 201,
       .requests = {"record"}},
      {.method = "POST",
       .path = "/recordings/start",
       .id = "startRecording",
       .sentence = "Records a session from now on, in parts that are saved as it goes.",
       .need = control,
       .schema = "RecordingStarted",
       .status = 202,
       .requests = {"record-start"}},
      {.method = "POST",
       .path = "/recordings/stop",
       .id = "stopRecording",
       .sentence = "Saves what came since the start, or since the part before.",
       .need = control,
       .schema = "StoppedRecording",
       .status = 201,
       .requests = {"record-stop"}},
      {.method = "GET",
       .path = "/recordings/{recording}",
       .id = "getRecording",
       .sentence = "One recording.",
       .need = read,
       .schema = "Recording",
       .requests = {"recording"}},
      {.method = "GET",
       .path = "/recordings/{recording}/figures",
       .id = "getRecordingFigures",
       .sentence = "How a recorded session did, in at most 200 samples.",
       .need = read,
       .schema = "Figures",
       .requests = {"recording-figures"}},
      {.method = "GET",
       .path = "/recordings/{recording}/perfetto",
       .id = "getPerfettoTrace",
       .sentence = "The same as a trace that ui.perfetto.dev opens.",
       .need = read,
       .schema = "PerfettoTrace",
       .requests = {"recording-perfetto"},
       .media = "application/json; charset=utf-8",
       .download = "punktfunk.perfetto.json"},
      {.method = "DELETE",
       .path = "/recordings/{recording}",
       .id = "deleteRecording",
       .sentence = "Deletes a recording.",
       .need = control,
       .status = 204,
       .requests = {"recording-delete"}},
  };
}

Json any_whole() { return {{"type", "integer"}}; }

Json shares() {
  Json all = Json::object();
  for (const char* stage :
       {"game", "compositor", "capture", "encoder", "send", "network", "decode", "present"})
    all[stage] = any_whole();
  return object(std::move(all));
}

Json hitch() {
  return object(
      {{"frame", whole()},
       {"at_us", described(any_whole(), "since began_at_us: when the late picture came")},
       {"interval_us", described(any_whole(), "since the picture before")},
       {"cadence_us", described(any_whole(), "what that should have been")},
       {"cause", described(one_of_these({"game", "compositor", "desktop", "capture", "encoder",
                                         "send", "network", "decode", "present"}),
                           "desktop: one of the two before it; it is not told which")},
       {"shares_us", described(shares(), "what each stage added; together the excess")}});
}

Json recording() {
  return object(
      {{"version", whole()},
       {"session",
        object({{"number", whole()}, {"door", text()}, {"device", text()}, {"mode", text()}})},
       {"began_at_us", described(any_whole(), "since 1970: what all instants count from")},
       {"span_us", any_whole()},
       {"client_tells", described(flag(), "else the columns of the client are null")},
       {"desktop_tells", described(flag(), "else game stands for the compositor as well")},
       {"clock_error_us", described(whole(), "of the client's instants, either way")},
       {"next", described(whole(), "frame number to ask for next")},
       {"columns", described(list_of(text()), "of each row")},
       {"rows", list_of(list_of(Json::object()))},
       {"losses", described(list_of(list_of(any_whole())), "at_us and parts per million")},
       {"hitches", list_of(ref("Hitch"))}});
}

Json figures() {
  const Json spread = or_null(object({{"p50", whole()}, {"p95", whole()}, {"p99", whole()}}));
  Json latency = Json::object();
  for (const char* stage :
       {"compositor", "capture", "encoder", "send", "network", "decode", "present", "total"})
    latency[stage] = spread;
  const Json sample = object(
      {{"at_us", described(any_whole(), "since 1970: when it begins")},
       {"span_s", whole()},
       {"frames", described(whole(), "sent")},
       {"lost_frames", described(whole(), "of them on the way, as far as the client tells")},
       {"hitches", whole()},
       {"rate_kbps", whole()},
       {"asked_kbps", described(whole(), "of the encoder")},
       {"loss_ppm", described(or_null(whole()), "of packets; null: the client said nothing")},
       {"latency_us", described(object(std::move(latency)), "null: nobody tells")}});
  return object({{"session", whole()}, {"client_tells", flag()}, {"samples", list_of(sample)}});
}

Json running() {
  return object(
      {{"session", whole()},
       {"started_at_s", seconds_since_1970()},
       {"elapsed_s", whole()},
       {"pictures", whole()},
       {"parts", described(list_of(text()), "ids of what is saved, the oldest first")},
       {"missed", described(whole(), "pictures that came too long before there was room")},
       {"problem", described(or_null(text()), "why the next part is not saved yet")}});
}

Json recording_schemas() {
  const Json saved = object({{"id", text()},
                             {"session", whole()},
                             {"saved_at_s", seconds_since_1970()},
                             {"bytes", whole()}});
  const Json parts = described(list_of(text()), "all ids, the oldest first; `id` is the last");
  return {{"SavedRecording", saved},
          {"StoppedRecording", with(saved, "parts", parts)},
          {"RunningRecording", running()},
          {"SavedRecordingList", object({{"recordings", list_of(ref("SavedRecording"))},
                                         {"running", list_of(ref("RunningRecording"))}})},
          {"RecordingStarted", object({{"session", whole()}})},
          {"Figures", figures()},
          {"Hitch", hitch()},
          {"Recording", recording()},
          {"PerfettoTrace", described(Json{{"type", "object"}}, "Chrome trace event format")}};
}

}  // namespace

Subject recording_subject() { return {recording_rows(), recording_schemas()}; }

}  // namespace pf::management
