#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

std::vector<Route> doctor_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/doctor",
       .id = "getDoctor",
       .sentence = "What the doctor has found, or finds now: a ladder of rungs.",
       .need = read,
       .schema = "Doctor",
       .requests = {"doctor"}},
      {.method = "POST",
       .path = "/doctor",
       .id = "startDoctor",
       .sentence = "Looks for what is broken on this machine, which takes some seconds; one at a "
                   "time. GET tells how far it is, and so do the events doctor.changed.",
       .need = control,
       .schema = "Doctor",
       .status = 202,
       .requests = {"doctor-start"}},
  };
}

Json doctor_schemas() {
  return {
      {"Doctor", object({{"running", flag()},
                         {"verdict", described(or_null(one_of_these({"ok", "warning", "failed"})),
                                               "of the last run that ended; null: there was none")},
                         {"started_at_s", or_null(seconds_since_1970())},
                         {"rungs", described(list_of(ref("Rung")),
                                             "in the order in which they are asked")}})},
      {"Rung",
       object(
           {{"name", described(text(), "does not change from release to release")},
            {"checks", described(text(), "what is so when it is ok")},
            {"state", one_of_these({"waiting", "running", "ok", "warning", "failed", "skipped"})},
            {"took_ms", Json{{"type", "number"}, {"minimum", 0}}},
            {"what", described(or_null(text()), "what was found")},
            {"fix", described(or_null(text()), "the command that mends it, or what to do")}})}};
}

}  // namespace

Subject doctor_subject() { return {doctor_rows(), doctor_schemas()}; }

}  // namespace pf::management
