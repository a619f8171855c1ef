#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Json armed() {
  return object({{"arming", whole()},
                 {"left_s", described(or_null(whole()), "null: until it is used")},
                 {"device", described(or_null(hex(64)), "the only device that may use the PIN")}});
}

Result<Json> list_knocks(Administration& administration, const Json&) {
  PF_TRY(const Json pairing, ask(administration, "pairing"));
  return Json{{"knocks", pairing["knocks"]}};
}

std::vector<Route> pairing_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/pairing",
       .id = "getPairing",
       .sentence = "Whether a PIN waits to be used, and what came of the last one.",
       .need = read,
       .schema = "Pairing",
       .requests = {"pairing"}},
      {.method = "POST",
       .path = "/pairing",
       .id = "armPairing",
       .sentence = "Makes a PIN, good for pairing one device; it is told this once.",
       .need = control,
       .schema = "ArmedPairing",
       .status = 201,
       .requests = {"pair"}},
      {.method = "DELETE",
       .path = "/pairing",
       .id = "disarmPairing",
       .sentence = "Makes the PIN void.",
       .need = control,
       .status = 204,
       .requests = {"disarm"}},
      {.method = "POST",
       .path = "/pairing/pin",
       .id = "enterPin",
       .sentence = "Enters the PIN that a Moonlight client shows.",
       .need = control,
       .schema = "PinTicket",
       .status = 202,
       .requests = {"pin"}},
      {.method = "GET",
       .path = "/knocks",
       .id = "listKnocks",
       .sentence = "Devices that wait to be let in.",
       .need = read,
       .schema = "KnockList",
       .act = list_knocks},
      {.method = "POST",
       .path = "/knocks/{device}/approve",
       .id = "approveKnock",
       .sentence = "Pairs a device that waits: by the knock's number or its fingerprint.",
       .need = control,
       .schema = "Device",
       .requests = {"approve"}},
      {.method = "POST",
       .path = "/knocks/{device}/deny",
       .id = "denyKnock",
       .sentence = "Sends a device away that waits.",
       .need = control,
       .schema = "Knock",
       .requests = {"deny"}},
  };
}

Json pairing_schemas() {
  return {
      {"Knock", object({{"id", whole()},
                        {"fingerprint", hex(64)},
                        {"name", text()},
                        {"from", text()},
                        {"since_s", whole()},
                        {"waiting", described(flag(), "its connection is still there")}})},
      {"KnockList", list_object("knocks", "Knock")},
      {"ArmedPairing", with(armed(), "pin", text())},
      {"Pairing",
       object({{"armed", or_null(armed())},
               {"last", or_null(object({{"arming", whole()},
                                        {"outcome", one_of_these({"paired", "wrong_pin",
                                                                  "abandoned", "not_saved"})},
                                        {"name", text()},
                                        {"fingerprint", hex(64)}}))},
               {"knocks", list_of(ref("Knock"))},
               {"pins", list_of(ref("WaitingPin"))},
               {"last_pin", or_null(object({{"ticket", whole()},
                                            {"outcome", one_of_these({"paired", "wrong_pin",
                                                                      "abandoned", "not_saved"})},
                                            {"name", text()},
                                            {"fingerprint", hex(64)},
                                            {"why", text()}}))}})},
      {"WaitingPin", described(object({{"ticket", whole()},
                                       {"from", text()},
                                       {"fingerprint", hex(64)},
                                       {"since_s", whole()}}),
                               "a Moonlight client that shows a PIN")},
      {"PinTicket", object({{"ticket", described(whole(), "getPairing tells what came of it")}})}};
}

}  // namespace

Subject pairing_subject() { return {pairing_rows(), pairing_schemas()}; }

}  // namespace pf::management
