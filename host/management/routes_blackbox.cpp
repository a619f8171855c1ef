#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

std::vector<Route> blackbox_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/blackbox",
       .id = "getBlackBox",
       .sentence = "Whether the last seconds of sessions are kept, and what is.",
       .need = read,
       .schema = "BlackBox",
       .requests = {"blackbox"}},
      {.method = "GET",
       .path = "/sessions/{session}/blackbox",
       .id = "getSessionBlackBox",
       .sentence = "What is kept of one session.",
       .need = read,
       .schema = "BlackBoxSession",
       .requests = {"session-blackbox"}},
      {.method = "POST",
       .path = "/sessions/{session}/blackbox",
       .id = "saveClip",
       .sentence = "Begins to save what is kept of a session as a clip, which is ready soon.",
       .need = control,
       .schema = "Clip",
       .status = 202,
       .requests = {"blackbox-save"}},
      {.method = "GET",
       .path = "/clips",
       .id = "listClips",
       .sentence = "The clips that were saved, the newest first.",
       .need = read,
       .schema = "ClipList",
       .requests = {"clips"}},
      {.method = "GET",
       .path = "/clips/{clip}",
       .id = "getClip",
       .sentence = "What a clip is.",
       .need = read,
       .schema = "Clip",
       .requests = {"clip"}},
      {.method = "GET",
       .path = "/clips/{clip}/video",
       .id = "downloadClip",
       .sentence = "A clip as a file that plays: Matroska. A range of bytes may be asked for.",
       .need = control,
       .schema = "ClipVideo",
       .requests = {"clip"},
       .own = Own::clip_video,
       .media = "video/x-matroska"},
      {.method = "GET",
       .path = "/clips/{clip}/trace",
       .id = "downloadClipTrace",
       .sentence = "What became of the pictures of a clip, as a trace that ui.perfetto.dev opens.",
       .need = control,
       .schema = "PerfettoTrace",
       .requests = {"clip-trace"},
       .media = "application/json; charset=utf-8",
       .download = "punktfunk-clip.perfetto.json"},
      {.method = "DELETE",
       .path = "/clips/{clip}",
       .id = "deleteClip",
       .sentence = "Deletes a clip and its trace.",
       .need = control,
       .status = 204,
       .requests = {"clip-delete"}},
  };
}

Json session() {
  return object(
      {{"session", whole()},
       {"state", described(one_of_these({"off", "waiting", "recording", "unsupported"}),
                           "waiting: for a key frame to begin with")},
       {"reason", described(or_null(text()), "of unsupported, a sentence")},
       {"held", described(object({{"span_ms", whole()}, {"bytes", whole()}, {"frames", whole()}}),
                          "what a clip would have now, and the memory it takes")},
       {"cost",
        described(object({{"key_frames", whole()},
                          {"key_frame_bytes", whole()},
                          {"video_bytes", whole()},
                          {"key_frame_share_ppm", whole()},
                          {"left_out", described(whole(), "units that found no room")}}),
                  "key frames that only the black box wanted, since it keeps this session")}});
}

Json clip() {
  return object(
      {{"id", text()},
       {"session", whole()},
       {"device", text()},
       {"kind", one_of_these({"native", "moonlight"})},
       {"mode", text()},
       {"state", one_of_these({"saving", "ready", "failed"})},
       {"error", described(or_null(text()), "of one that failed, a sentence")},
       {"why", described(one_of_these({"asked", "hitch"}), "hitch: the host saved it by itself")},
       {"saved_at_s", seconds_since_1970()},
       {"began_at_us", described(whole(), "since 1970: when its first picture was captured")},
       {"length_ms", whole()},
       {"frames", whole()},
       {"sound", flag()},
       {"bytes", described(whole(), "of the video; 0 until it is ready")},
       {"trace_bytes", whole()},
       {"path", described(text(), "of the video, on the host")}});
}

Json blackbox_schemas() {
  return {{"BlackBox", object({{"enabled", flag()},
                               {"seconds", whole()},
                               {"megabytes", described(whole(), "MiB for each session, at most")},
                               {"save_on_hitch", flag()},
                               {"sessions", list_of(ref("BlackBoxSession"))}})},
          {"BlackBoxSession", session()},
          {"Clip", clip()},
          {"ClipVideo", described(text(), "the bytes of the file")},
          {"ClipList", list_object("clips", "Clip")}};
}

}  // namespace

Subject blackbox_subject() { return {blackbox_rows(), blackbox_schemas()}; }

}  // namespace pf::management
