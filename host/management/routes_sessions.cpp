#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Result<Json> get_session(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "sessions"));
  return one_of(all["sessions"], "number", arguments["session"], "session");
}

Result<Json> change_session(Administration& administration, const Json& arguments) {
  PF_TRY_VOID(admin::handle(administration, "change-session", arguments));
  return get_session(administration, arguments);
}

std::vector<Route> session_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/sessions",
       .id = "listSessions",
       .sentence = "Who is connected, and who may come back.",
       .need = device,
       .schema = "SessionList",
       .requests = {"sessions"}},
      {.method = "GET",
       .path = "/sessions/{session}",
       .id = "getSession",
       .sentence = "One session.",
       .need = read,
       .schema = "Session",
       .requests = {"stop-session"},
       .act = get_session},
      {.method = "PATCH",
       .path = "/sessions/{session}",
       .id = "changeSession",
       .sentence = "Gives its screen another mode, or it another bit rate; on its way when this "
                   "answers, with the session as it is until then.",
       .need = control,
       .schema = "Session",
       .status = 202,
       .requests = {"change-session"},
       .act = change_session},
      {.method = "POST",
       .path = "/sessions/{session}/keyframe",
       .id = "forceKeyframe",
       .sentence = "Has its next picture refer to none before it.",
       .need = control,
       .status = 204,
       .requests = {"force-keyframe"}},
      {.method = "DELETE",
       .path = "/sessions/{session}",
       .id = "stopSession",
       .sentence = "Ends a session.",
       .need = control,
       .status = 204,
       .requests = {"stop-session"}},
  };
}

Json session_schemas() {
  return {{"Session",
           object({{"number", whole()},
                   {"device", text()},
                   {"fingerprint", or_null(hex(64))},
                   {"address", text()},
                   {"kind", one_of_these({"native", "moonlight"})},
                   {"mode", text()},
                   {"mode_locked", described(or_null(text()), "why its mode cannot be changed")},
                   {"codec", one_of_these({"h264", "hevc", "av1", "pyrowave"})},
                   {"bitrate_kbps", whole()},
                   {"duration_s", whole()},
                   {"state", one_of_these({"starting", "streaming", "ending", "lingering"})},
                   {"joins", described(or_null(whole()), "the session whose desktop it watches")},
                   {"recording",
                    described(or_null(object({{"elapsed_s", whole()},
                                              {"parts", described(whole(), "saved so far")},
                                              {"problem", or_null(text())}})),
                              "null: it is not being recorded")}})},
          {"SessionList", list_object("sessions", "Session")}};
}

}  // namespace

Subject session_subject() { return {session_rows(), session_schemas()}; }

}  // namespace pf::management
