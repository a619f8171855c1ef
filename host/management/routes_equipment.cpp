#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

std::vector<Route> equipment_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/displays",
       .id = "listDisplays",
       .sentence = "Ways to make a display, which of them work here and why not, and the displays "
                   "that there are.",
       .need = read,
       .schema = "DisplayList",
       .requests = {"displays"}},
      {.method = "GET",
       .path = "/encoders",
       .id = "listEncoders",
       .sentence = "The encoders of this build, and why each can or cannot be used.",
       .need = read,
       .schema = "EncoderList",
       .requests = {"encoders"}},
  };
}

Json backend() {
  return object({{"name", text()},
                 {"usable", flag()},
                 {"reason", described(or_null(text()), "why it cannot be used")},
                 {"chosen", described(flag(), "new sessions use it")}});
}

Json encoder() {
  Json schema = with(backend(), "description", or_null(text()));
  schema = with(schema, "codec", or_null(one_of_these({"h264", "hevc", "av1"})));
  return with(schema, "largest_px", or_null(object({{"width", whole()}, {"height", whole()}})));
}

Json equipment_schemas() {
  return {{"DisplayBackend", backend()},
          {"Display",
           object({{"session", described(whole(), "whose it is")},
                   {"device", text()},
                   {"mode", text()},
                   {"lingers", described(flag(), "its session is over; it waits for the device")},
                   {"watched_by", described(list_of(whole()), "sessions that have joined")}})},
          {"DisplayList", object({{"backends", list_of(ref("DisplayBackend"))},
                                  {"displays", list_of(ref("Display"))}})},
          {"Encoder", encoder()},
          {"EncoderList", list_object("encoders", "Encoder")}};
}

}  // namespace

Subject equipment_subject() { return {equipment_rows(), equipment_schemas()}; }

}  // namespace pf::management
