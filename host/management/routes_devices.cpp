#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Json grants() {
  return list_of(
      one_of_these({"gamepad", "pointer", "keyboard", "clipboard", "microphone", "launch"}));
}

Result<Json> get_device(Administration& administration, const Json& arguments) {
  PF_TRY(const Json all, ask(administration, "devices"));
  return one_of(all["devices"], "fingerprint", arguments["device"], "device");
}

// What is given of name, grants, expiry and where its sound plays.
Result<Json> change_device(Administration& administration, const Json& arguments) {
  PF_TRY(Json now, get_device(administration, arguments));
  Json access = arguments;
  access.erase("name");
  access.erase("play_on");
  // The access first: it may be refused, a name hardly is.
  if (access.size() > 1) {
    PF_TRY(now, admin::handle(administration, "set-access", access));
  }
  if (arguments.contains("play_on")) {
    const Json sound = {{"device", arguments["device"]}, {"play_on", arguments["play_on"]}};
    PF_TRY(now, admin::handle(administration, "set-sound", sound));
  }
  if (arguments.contains("name")) {
    const Json name = {{"device", arguments["device"]}, {"name", arguments["name"]}};
    PF_TRY(now, admin::handle(administration, "rename", name));
  }
  return now;
}

Result<Json> unpair_device(Administration& administration, const Json& arguments) {
  // By its whole fingerprint only: the beginning of one is for people.
  PF_TRY(const Json known, get_device(administration, arguments));
  return admin::handle(administration, "unpair", arguments);
}

std::vector<Route> device_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/devices",
       .id = "listDevices",
       .sentence = "The paired devices.",
       .need = read,
       .schema = "DeviceList",
       .requests = {"devices"}},
      {.method = "GET",
       .path = "/devices/{device}",
       .id = "getDevice",
       .sentence = "One paired device, by its fingerprint.",
       .need = read,
       .schema = "Device",
       .requests = {"unpair"},
       .act = get_device,
       .tagged = true},
      {.method = "PATCH",
       .path = "/devices/{device}",
       .id = "changeDevice",
       .sentence = "Changes a device's name, what it may do or where its sound plays; what is not "
                   "given stays as it is.",
       .need = admin,
       .schema = "Device",
       .requests = {"rename", "set-access", "set-sound"},
       .act = change_device,
       .tagged = true},
      {.method = "DELETE",
       .path = "/devices/{device}",
       .id = "unpairDevice",
       .sentence = "Forgets a device, and ends its session.",
       .need = admin,
       .status = 204,
       .requests = {"unpair"},
       .act = unpair_device,
       .tagged = true},
  };
}

Json device_schemas() {
  return {
      {"Device", object({{"fingerprint", hex(64)},
                         {"name", text()},
                         {"kind", text()},
                         {"grants", grants()},
                         {"expires_at_s", or_null(seconds_since_1970())},
                         {"expired", flag()},
                         {"paired_at_s", seconds_since_1970()},
                         {"last_seen_s", or_null(seconds_since_1970())},
                         {"play_on", described(or_null(one_of_these({"client", "both", "host"})),
                                               "where its sound is heard; null: as the setting "
                                               "audio.play_on says")}})},
      {"DeviceList", list_object("devices", "Device")}};
}

}  // namespace

Subject device_subject() { return {device_rows(), device_schemas()}; }

}  // namespace pf::management
