#include "host/admin/requests.h"

#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "host/admin/admin_testing.h"

namespace pf::admin {
namespace {

using Json = nlohmann::json;

class Requests : public ::testing::Test {
 protected:
  Json ask(const std::string& line) { return Json::parse(answer_line(host_.administration, line)); }
  Json ok(const std::string& op, const Json& arguments = Json::object()) {
    const Json answer = ask(Json{{"op", op}, {"args", arguments}}.dump());
    EXPECT_TRUE(answer.contains("ok")) << answer;
    return answer.value("ok", Json());
  }
  Json error(const std::string& op, const Json& arguments = Json::object()) {
    const Json answer = ask(Json{{"op", op}, {"args", arguments}}.dump());
    EXPECT_TRUE(answer.contains("error")) << answer;
    return answer.value("error", Json());
  }
  Json setting(const std::string& key) {
    const Json all = ok("settings")["settings"];
    for (const Json& one : all)
      if (one["key"] == key) return one;
    ADD_FAILURE() << key;
    return Json::object();
  }
  TestingHost host_;
};

TEST_F(Requests, AnArmedPinIsToldOnceAndToNobodyElse) {
  const Json armed = ok("pair", {{"lifetime_s", 120}});
  EXPECT_EQ(armed["pin"].get<std::string>().size(), 4u);
  EXPECT_NEAR(armed["left_s"].get<int>(), 120, 2);
  const Json status = ok("pairing");
  EXPECT_EQ(status["armed"]["arming"], armed["arming"]);
  EXPECT_FALSE(status["armed"].contains("pin"));
  EXPECT_TRUE(ok("status")["pairing_armed"]);
  ok("disarm");
  EXPECT_TRUE(ok("pairing")["armed"].is_null());
}

TEST_F(Requests, AccessThatIsArmedIsWhatTheDeviceGets) {
  ok("pair", {{"grants", {"gamepad"}}, {"expires_in_s", 60}});
  const auto armed = host_.administration.pairing().armed;
  ASSERT_TRUE(armed);
  EXPECT_EQ(trust::grant_names(armed->access.grants), std::vector<std::string>{"gamepad"});
  EXPECT_TRUE(armed->access.expires_at);
  EXPECT_FALSE(armed->until);
}

TEST_F(Requests, ADeviceIsChosenByNameOrByTheBeginningOfItsFingerprint) {
  host_.pair(1, "tablet");
  host_.pair(2, "tablet");
  host_.pair(3, "phone");
  EXPECT_EQ(ok("devices")["devices"].size(), 3u);
  const Json ambiguous = error("unpair", {{"device", "tablet"}});
  EXPECT_EQ(ambiguous["code"], "bad_argument");
  EXPECT_NE(ambiguous["sentence"].get<std::string>().find("02ab"), std::string::npos);
  EXPECT_EQ(ok("unpair", {{"device", "02AB"}})["name"], "tablet");
  EXPECT_EQ(ok("rename", {{"device", "phone"}, {"name", "Anna's phone"}})["name"], "Anna's phone");
  EXPECT_EQ(error("unpair", {{"device", "03a"}})["code"], "not_found");  // too short to be meant
  EXPECT_EQ(ok("devices")["devices"].size(), 2u);
}

TEST_F(Requests, WhatIsNotGivenOfAnAccessStaysAsItIs) {
  host_.pair(1, "tablet");
  const Json narrowed = ok("set-access", {{"device", "tablet"}, {"grants", {"pointer"}}});
  EXPECT_EQ(narrowed["grants"], Json({"pointer"}));
  EXPECT_TRUE(narrowed["expires_at_s"].is_null());
  const Json bounded = ok("set-access", {{"device", "tablet"}, {"expires_in_s", 60}});
  EXPECT_EQ(bounded["grants"], Json({"pointer"}));
  EXPECT_TRUE(bounded["expires_at_s"].is_number());
  EXPECT_TRUE(
      ok("set-access", {{"device", "tablet"}, {"expires_in_s", 0}})["expires_at_s"].is_null());
  EXPECT_EQ(error("set-access", {{"device", "tablet"}, {"grants", {"flying"}}})["code"],
            "bad_argument");
}

TEST_F(Requests, SoundIsHeardWhereItIsSaidForADevice) {
  host_.pair(1, "tablet");
  EXPECT_TRUE(ok("devices")["devices"][0]["play_on"].is_null());
  for (const char* where : {"client", "both", "host"}) {
    EXPECT_EQ(ok("set-sound", {{"device", "tablet"}, {"play_on", where}})["play_on"], where);
    EXPECT_EQ(ok("devices")["devices"][0]["play_on"], where);
  }
  EXPECT_EQ(error("set-sound", {{"device", "tablet"}, {"play_on", "moon"}})["code"],
            "bad_argument");
  EXPECT_EQ(error("set-sound", {{"device", "tablet"}})["code"], "bad_argument");
  EXPECT_EQ(error("set-sound", {{"device", "phone"}, {"play_on", "host"}})["code"], "not_found");
  EXPECT_EQ(ok("devices")["devices"][0]["play_on"], "host");
  EXPECT_TRUE(ok("set-sound", {{"device", "tablet"}, {"play_on", "default"}})["play_on"].is_null());
}

TEST_F(Requests, AKnockIsApprovedOrDenied) {
  host_.knock(7, "tv");
  host_.knock(8, "laptop");
  const Json knocks = ok("pairing")["knocks"];
  ASSERT_EQ(knocks.size(), 2u);
  EXPECT_EQ(ok("approve", {{"device", knocks[0]["id"].dump()}})["name"], "tv");
  EXPECT_EQ(ok("deny", {{"device", "laptop"}})["name"], "laptop");
  EXPECT_EQ(error("approve", {{"device", "laptop"}})["code"], "not_found");
  EXPECT_EQ(ok("devices")["devices"].size(), 1u);
}

TEST_F(Requests, APinIsForMoonlightClientsWhereTheyAreServed) {
  EXPECT_EQ(error("pin", {{"pin", "4711"}})["code"], "not_found");
  EXPECT_TRUE(ok("status")["gamestream"].is_null());
  gamestream::PinEntry entered;
  Administration serving(
      {.gamestream = "0.0.0.0:47989"},
      {.sessions = {},
       .pins = {.waiting =
                    [] {
                      return std::vector<gamestream::PinWaiting>{
                          {.ticket = 3, .address = "10.0.0.7"}};
                    },
                .enter = [&](const gamestream::PinEntry& entry) -> Result<gamestream::PinTicket> {
                  entered = entry;
                  return 3;
                },
                .last =
                    [] {
                      return std::optional(
                          gamestream::PinOutcome{.ticket = 3,
                                                 .kind = gamestream::PinOutcome::Kind::wrong_pin,
                                                 .name = "10.0.0.7"});
                    }}},
      *host_.settings, *host_.trust, *host_.access, host_.board, host_.clock);
  const auto ask = [&](const std::string& op, const Json& arguments) {
    return Json::parse(answer_line(serving, Json{{"op", op}, {"args", arguments}}.dump()))["ok"];
  };
  EXPECT_EQ(ask("pin", {{"pin", "4711"}, {"name", "tv"}, {"grants", {"pointer"}}})["ticket"], 3);
  EXPECT_EQ(entered.pin, "4711");
  EXPECT_EQ(entered.name, "tv");
  EXPECT_EQ(trust::grant_names(entered.access.grants), std::vector<std::string>{"pointer"});
  const Json pairing = ask("pairing", Json::object());
  EXPECT_EQ(pairing["pins"][0]["from"], "10.0.0.7");
  EXPECT_EQ(pairing["last_pin"]["outcome"], "wrong_pin");
}

TEST_F(Requests, ASessionIsListedAndStoppedByItsNumber) {
  EXPECT_EQ(error("stop-session", {{"session", 4}})["code"], "not_found");
  host_.sessions = {{.number = 4, .device_name = "tv", .remote = Endpoint::loopback(9)}};
  EXPECT_EQ(ok("sessions")["sessions"][0]["device"], "tv");
  ok("stop-session", {{"session", 4}});
  EXPECT_TRUE(ok("sessions")["sessions"].empty());
}

TEST_F(Requests, StatusTellsHowThePartsAre) {
  host_.board.healing("video", Error{ErrorKind::lost, "the compositor has gone"}, host_.clock.now(),
                      host_.clock.now() + seconds(2), "with a new display");
  const Json status = ok("status");
  EXPECT_EQ(status["name"], "box");
  EXPECT_EQ(status["health"][0]["health"], "healing");
  EXPECT_EQ(status["health"][0]["reason"], "the compositor has gone");
  EXPECT_NE(std::string(status["health"][0]["doing"]).find("with a new display"),
            std::string::npos);
}

TEST_F(Requests, LogLinesComeByCursorAndWithoutSecrets) {
  host_.log_ring.add(log::Level::info, "host", "password=hunter2", WireTime(Nanos(1'500'000'000)));
  host_.log_ring.add(log::Level::warning, "quic", "an odd packet", {});
  const Json all = ok("logs");
  ASSERT_EQ(all["lines"].size(), 2u);
  EXPECT_EQ(all["lines"][0]["text"], "password=[removed]");
  EXPECT_EQ(all["lines"][0]["at_ms"], 1500);
  EXPECT_EQ(all["level"], "info");
  EXPECT_EQ(ok("logs", {{"level", "warning"}})["lines"].size(), 1u);
  EXPECT_EQ(ok("logs", {{"category", "qu"}})["lines"][0]["number"], 2);
  EXPECT_EQ(ok("logs", {{"after", 0}, {"limit", 1}})["next"], 1);
  EXPECT_TRUE(ok("logs", {{"after", all["next"]}})["lines"].empty());
  EXPECT_EQ(error("logs", {{"level", "loud"}})["code"], "bad_argument");
  EXPECT_EQ(error("logs", {{"limit", 1001}})["code"], "bad_argument");
  const std::string report = ok("log-text");
  EXPECT_EQ(report.substr(0, report.find('\n')),
            "1970-01-01T00:00:01.500Z info    host: password=[removed]");
  EXPECT_EQ(ok("set-log-level", {{"level", "debug"}})["level"], "debug");
  EXPECT_EQ(host_.log_level, log::Level::debug);
  EXPECT_EQ(error("set-log-level", {{"level", "loud"}})["code"], "bad_argument");
}

TEST_F(Requests, ATokenIsMadeListedAndRevoked) {
  const Json made =
      ok("token-create", {{"name", "backup"}, {"scope", "read"}, {"expires_in_s", 60}});
  const auto token =
      host_.access->check_token(std::string(made["secret"]), host_.administration.now().wall);
  ASSERT_TRUE(token);
  EXPECT_EQ(token->scope, access::Scope::read);
  const Json listed = ok("tokens")["tokens"];
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0]["name"], "backup");
  EXPECT_FALSE(listed[0].contains("secret"));
  EXPECT_EQ(ok("token-revoke", {{"token", listed[0]["id"]}})["name"], "backup");
  EXPECT_TRUE(ok("tokens")["tokens"].empty());
  EXPECT_EQ(error("token-revoke", {{"token", "1"}})["code"], "not_found");
  EXPECT_EQ(error("token-create", {{"name", "x"}, {"scope", "god"}})["code"], "bad_argument");
}

TEST_F(Requests, ANewPasswordIsToldOnce) {
  const std::string password = ok("new-password")["password"];
  EXPECT_TRUE(host_.access->check_password(password));
}

TEST_F(Requests, SettingsAreListedWithWhatTheyMayBe) {
  const Json port = setting("network.port");
  EXPECT_EQ(port["value"], 9777);
  EXPECT_EQ(port["most"], 65535);
  EXPECT_EQ(port["takes_effect"], "restart");
  EXPECT_EQ(port["origin"], "default");
  EXPECT_EQ(port["line"], Json());
  EXPECT_EQ(setting("video.slices")["origin"], "command_line");
}

TEST_F(Requests, SettingsAreChangedAllOrNone) {
  const Json changed = ok("set-settings", {{"values",
                                            {{"session.max_clients", 9},
                                             {"network.port", 1},
                                             {"video.slices", 2},
                                             {"desktop.command", {"foot"}}}}});
  EXPECT_EQ(changed["settings"].size(), 4u);
  EXPECT_EQ(changed["problem"], Json());
  EXPECT_EQ(setting("session.max_clients")["value"], 9);
  EXPECT_EQ(setting("session.max_clients")["origin"], "file");
  EXPECT_EQ(setting("network.port")["value"], 9777);
  EXPECT_EQ(setting("network.port")["saved"], 1);
  EXPECT_EQ(setting("network.port")["waits_for_restart"], true);
  EXPECT_EQ(setting("video.slices")["value"], 8) << "as the command line says";
  EXPECT_EQ(setting("video.slices")["saved"], 2);
  EXPECT_EQ(setting("video.slices")["waits_for_restart"], false);

  const Json wrong =
      error("set-settings", {{"values", {{"session.max_clients", 8}, {"video.encoder", "x265"}}}});
  EXPECT_EQ(wrong["code"], "bad_argument");
  EXPECT_NE(wrong["sentence"].get<std::string>().find("video.encoder"), std::string::npos);
  EXPECT_EQ(setting("session.max_clients")["value"], 9);

  ok("set-settings", {{"values", {{"session.max_clients", Json()}}}});
  EXPECT_EQ(setting("session.max_clients")["origin"], "default");
  ok("reset-setting", {{"key", "network.port"}});
  EXPECT_EQ(setting("network.port")["waits_for_restart"], false);
}

TEST_F(Requests, SettingsTakeNoNonsense) {
  for (const Json& values :
       {Json{{"video.slices", 1.5}}, Json{{"video.slices", ~0ull}}, Json{{"video.slices", "1"}},
        Json{{"video.slices", Json::object()}}, Json{{"desktop.command", {1}}},
        Json{{"network.prot", 1}}, Json{{"", 1}}, Json(3)})
    EXPECT_EQ(error("set-settings", {{"values", values}})["code"], "bad_argument") << values;
  EXPECT_NE(error("set-settings", {{"values", {{"network.prot", 1}}}})["sentence"]
                .get<std::string>()
                .find("network.port"),
            std::string::npos);
  const Json stale = error("reset-setting", {{"key", "video.slices"}, {"revision", "other"}});
  EXPECT_EQ(stale["code"], "refused");
}

TEST_F(Requests, NonsenseIsAnsweredWithWhatIsWrongWithIt) {
  for (const char* line :
       {"", "x", "[]", "{}", "{\"op\": 1}", "{\"op\":\"status\"", "{\"op\":\"status\"} {}"}) {
    EXPECT_EQ(ask(line)["error"]["code"], "bad_argument") << line;
  }
  EXPECT_NE(error("stauts")["sentence"].get<std::string>().find("stauts"), std::string::npos);
  EXPECT_NE(error("pair", {{"life", 1}})["sentence"].get<std::string>().find("life"),
            std::string::npos);
  for (const Json& lifetime : {Json(-1), Json("x"), Json(1.5), Json(86401), Json(~0ull)})
    EXPECT_EQ(error("pair", {{"lifetime_s", lifetime}})["code"], "bad_argument") << lifetime;
  EXPECT_EQ(error("unpair")["code"], "bad_argument");
  EXPECT_EQ(error("pair", Json::array())["code"], "bad_argument");
  EXPECT_EQ(error("pair", {{"grants", {1}}})["code"], "bad_argument");
  EXPECT_FALSE(host_.administration.pairing().armed);
}

TEST_F(Requests, WhatBecameOfPicturesIsShownSavedAndDeleted) {
  EXPECT_EQ(error("record")["code"], "not_found") << "no session runs";
  host_.show_pictures(4);
  const Json seen = ok("timeline", {{"session", 4}, {"rows", 10}});
  EXPECT_LE(seen["rows"].size(), 11u);
  EXPECT_EQ(seen["hitches"][0]["cause"], "desktop");
  EXPECT_EQ(seen["next"], 60);
  EXPECT_TRUE(ok("timeline", {{"session", 4}, {"since", 60}})["rows"].empty());
  EXPECT_EQ(error("timeline", {{"session", 5}})["code"], "not_found");
  EXPECT_EQ(error("timeline", {{"session", 4}, {"rows", 4097}})["code"], "bad_argument");

  const std::string id = ok("record", {{"seconds", 30}})["id"];
  ok("record-start", {{"session", 4}});
  EXPECT_EQ(error("record-start")["code"], "refused");
  EXPECT_EQ(error("record-stop")["code"], "not_found") << "nothing was shown since";
  ASSERT_EQ(ok("recordings")["recordings"].size(), 1u);
  EXPECT_EQ(ok("recording", {{"recording", id}})["rows"].size(), 60u);
  const std::string trace = ok("recording-perfetto", {{"recording", id}});
  EXPECT_TRUE(Json::parse(trace).contains("traceEvents"));
  EXPECT_EQ(error("recording", {{"recording", "../paired"}})["code"], "not_found");
  ok("recording-delete", {{"recording", id}});
  EXPECT_EQ(error("recording-delete", {{"recording", id}})["code"], "not_found");
}

TEST_F(Requests, AreAllOnTheReferencePage) {
  std::ifstream file(PF_DOCS "/administration.md");
  const std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const Request& request : requests()) {
    EXPECT_NE(page.find(fmt::format("| `{}` |", request.name)), std::string::npos) << request.name;
    for (const Argument& argument : request.arguments)
      EXPECT_NE(page.find(fmt::format("`{}`", argument.name)), std::string::npos) << argument.name;
  }
}

}  // namespace
}  // namespace pf::admin
