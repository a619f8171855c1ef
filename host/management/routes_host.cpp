#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Result<Json> get_host(Administration& administration, const Json&) {
  PF_TRY(Json status, ask(administration, "status"));
  status.erase("health");
  status.erase("microphone");
  return status;
}

Result<Json> get_health(Administration& administration, const Json&) {
  PF_TRY(const Json status, ask(administration, "status"));
  return Json{{"health", status["health"]}};
}

Result<Json> get_microphone(Administration& administration, const Json&) {
  PF_TRY(const Json status, ask(administration, "status"));
  if (status["microphone"].is_null())
    return fail(ErrorKind::unavailable, "this host offers no microphone (microphone.enabled)");
  return status["microphone"];
}

std::vector<Route> host_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/host",
       .id = "getHost",
       .sentence = "Who this host is, and how much it has to do.",
       .need = device,
       .schema = "Host",
       .act = get_host},
      {.method = "GET",
       .path = "/health",
       .id = "getHealth",
       .sentence = "How the host's parts are, and what is done about it.",
       .need = read,
       .schema = "HealthList",
       .act = get_health},
      {.method = "GET",
       .path = "/microphone",
       .id = "getMicrophone",
       .sentence = "Whether somebody speaks, and who records it.",
       .need = read,
       .schema = "Microphone",
       .act = get_microphone},
  };
}

Json capabilities() {
  return object({{"native", flag()},
                 {"moonlight", flag()},
                 {"sound", flag()},
                 {"microphone", flag()},
                 {"sessions_most", described(whole(), "at a time")},
                 {"recordings", flag()},
                 {"metrics", described(flag(), "/metrics answers")}});
}

Json host_schemas() {
  return {
      {"Host", object({{"version", text()},
                       {"name", text()},
                       {"id", text()},
                       {"address", described(text(), "where native clients connect (UDP)")},
                       {"fingerprint", hex(64)},
                       {"open", described(flag(), "admits devices that never paired")},
                       {"gamestream",
                        described(or_null(text()), "where Moonlight clients come; null: nowhere")},
                       {"capabilities", capabilities()},
                       {"uptime_s", whole()},
                       {"sessions", whole()},
                       {"devices", whole()},
                       {"knocks", whole()},
                       {"pins", described(whole(), "Moonlight clients that wait for their PIN")},
                       {"pairing_armed", flag()}})},
      {"Health", object({{"worker", text()},
                         {"health", one_of_these({"working", "healing", "stuck", "given_up"})},
                         {"for_s", whole()},
                         {"reason", text()},
                         {"doing", text()},
                         {"reopened", whole()}})},
      {"HealthList", list_object("health", "Health")},
      {"Microphone", object({{"open", flag()},
                             {"recorded", flag()},
                             {"muted", flag()},
                             {"session", or_null(whole())},
                             {"level_dbfs", {{"type", "number"}}},
                             {"packets", whole()},
                             {"concealed", whole()},
                             {"garbage", whole()},
                             {"dropped", whole()},
                             {"heard_samples", whole()},
                             {"unheard_samples", whole()}})}};
}

}  // namespace

Subject host_subject() { return {host_rows(), host_schemas()}; }

}  // namespace pf::management
