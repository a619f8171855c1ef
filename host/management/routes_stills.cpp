#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

Result<Json> get_still(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "sessions"));
  PF_TRY_VOID(one_of(all["sessions"], "number", arguments["session"], "session"));
  const auto& newest = administration.controls().stills.newest;
  if (!newest) return fail(ErrorKind::unavailable, "this host makes no stills");
  PF_TRY(const auto still, newest(arguments["session"].get<unsigned>()));
  return Json(still->jpeg);
}

std::vector<Route> still_rows() {
  return {{.method = "GET",
           .path = "/sessions/{session}/still",
           .id = "getStill",
           .sentence = "What a session shows, at most 480 pixels wide and ten seconds old. Each "
                       "question has the next one made, every two seconds at most; 404 until the "
                       "first is there, and while there is none, with the reason.",
           // A screen holds more than figures do: not for whoever may watch those.
           .need = Need::admin,
           .schema = "Still",
           .requests = {"stop-session"},
           .act = get_still,
           .tagged = true,
           .media = "image/jpeg"}};
}

Json still_schemas() {
  return {{"Still", described(Json{{"type", "string"}, {"contentMediaType", "image/jpeg"}},
                              "the bytes of a JPEG file")}};
}

}  // namespace

Subject still_subject() { return {still_rows(), still_schemas()}; }

}  // namespace pf::management
