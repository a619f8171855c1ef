#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Result<Json> get_session(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "sessions"));
  return one_of(all["sessions"], "number", arguments["session"], "session");
}

std::vector<Route> rows() {
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
      {.method = "DELETE",
       .path = "/sessions/{session}",
       .id = "stopSession",
       .sentence = "Ends a session.",
       .need = control,
       .status = 204,
       .requests = {"stop-session"}},
  };
}

Json schemas() {
  return {{"Session",
           object({{"number", whole()},
                   {"device", text()},
                   {"fingerprint", or_null(hex(64))},
                   {"address", text()},
                   {"mode", text()},
                   {"bitrate_kbps", whole()},
                   {"duration_s", whole()},
                   {"state", one_of_these({"starting", "streaming", "ending", "lingering"})}})},
          {"SessionList", list_object("sessions", "Session")}};
}

}  // namespace

Subject session_subject() { return {rows(), schemas()}; }

}  // namespace pf::management
