#include "host/management/api.h"

#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "host/admin/admin_testing.h"
#include "host/management/openapi.h"
#include "host/management/schema_check_testing.h"

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;
using Headers = std::vector<http::Header>;

// Every answer is held against the document, whatever else a test looks for.
class ApiTest : public ::testing::Test {
 protected:
  ApiTest() : document_(Json::parse(openapi_text())) {
    admin_ = token("admin");
    host_.sessions = {{.number = 4, .device_name = "tv", .remote = Endpoint::loopback(9)}};
  }

  std::string token(const char* scope) {
    return "Bearer " + host_.access
                           ->create_token(scope, *access::parse_scope(scope), {},
                                          host_.administration.now().wall)
                           ->secret;
  }

  http::Response ask(const std::string& method, const std::string& path, const Json& body = {},
                     Headers headers = {}) {
    http::Request request{.method = method,
                          .target = path == "/metrics" ? path : std::string(kPrefix) + path,
                          .headers = std::move(headers),
                          .peer = Endpoint::loopback(1),
                          .over_tls = true};
    const auto add = [&](const char* name, const std::string& value) {
      if (!http::find_header(request.headers, name)) request.headers.push_back({name, value});
    };
    add("Host", "127.0.0.1:47990");
    if (!anonymous_) add("Authorization", admin_);
    if (!body.is_null()) {
      request.body = body.is_string() ? body.get<std::string>() : body.dump();
      add("Content-Type", "application/json");
    }
    request.client_certificate = certificate_;
    auto answer = api_.answer(request);
    if (const auto* later = std::get_if<Later>(&answer)) {
      http::Response told;  // in place: this host's library is one
      later->begin([&](http::Response response) { told = std::move(response); });
      answer = std::move(told);
    }
    if (!std::holds_alternative<http::Response>(answer)) {
      subscription_ = std::get<Subscription>(answer);
      answered_.insert("streamEvents");
      return {.status = 200};
    }
    hold_against_document(request, std::get<http::Response>(answer));
    return std::get<http::Response>(answer);
  }
  Json get(const std::string& path) { return Json::parse(ask("GET", path).body); }

  void hold_against_document(const http::Request& request, const http::Response& response) {
    const auto found = find_route(request.method, request.target);
    const auto* match = std::get_if<Match>(&found);
    EXPECT_FALSE(http::find_header(response.headers, "Cache-Control").value_or("").empty());
    const SchemaCheck check(document_);
    Json schema;
    if (response.status >= 400) {
      EXPECT_EQ(http::find_header(response.headers, "Content-Type"), "application/problem+json");
      schema = {{"$ref", "#/components/schemas/Problem"}};
      EXPECT_EQ(Json::parse(response.body)["status"], response.status);
    } else {
      ASSERT_NE(match, nullptr);
      answered_.insert(std::string(match->route->id));
      // 206 is a part of what 200 gives, and 304 says that it is there already.
      const bool whole = response.status != 206 && response.status != 304;
      EXPECT_EQ(whole ? response.status : 200, match->route->status) << match->route->id;
      if (response.status == 204 || response.status == 304) {
        EXPECT_TRUE(response.body.empty());
        return;
      }
      schema = {{"$ref", "#/components/schemas/" + std::string(match->route->schema)}};
    }
    if (response.status < 400 && match->route->media == "image/*") {
      EXPECT_TRUE(http::find_header(response.headers, "Content-Type")->starts_with("image/"));
      return;
    }
    if (response.status < 400 && match->route->media != "application/json") {
      EXPECT_EQ(http::find_header(response.headers, "Content-Type"), match->route->media);
      return;
    }
    EXPECT_EQ(check.check(schema, Json::parse(response.body)), "") << request.target;
  }
  std::string code(const http::Response& response) { return Json::parse(response.body)["code"]; }

  admin::TestingHost host_;
  Json document_;
  Api api_{host_.administration, {"box"}, host_.rng};
  std::string admin_;
  bool anonymous_ = false;
  std::vector<std::byte> certificate_;
  std::optional<Subscription> subscription_;
  static inline std::set<std::string> answered_;
};

TEST_F(ApiTest, SettingsAreEditedByOneEditorAtATime) {
  const std::string before(*http::find_header(ask("GET", "/settings").headers, "ETag"));
  const Json mine = {{"values", {{"session.max_clients", 2}}}};
  const Headers if_before{{"If-Match", before}};
  const auto changed = ask("PATCH", "/settings", mine, if_before);
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(get("/settings/session.max_clients")["value"], 2);
  EXPECT_EQ(host_.settings->now()->in_force.session.max_clients, 2u);

  const auto stale = ask("PATCH", "/settings", {{"values", {{"video.slices", 4}}}}, if_before);
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(code(stale), "changed_meanwhile");
  EXPECT_EQ(ask("DELETE", "/settings/session.max_clients", {}, if_before).status, 412);

  // Somebody edits by hand, and the host has not even noticed.
  const std::string seen(*http::find_header(changed.headers, "ETag"));
  EXPECT_EQ(http::find_header(ask("GET", "/settings/video.slices").headers, "ETag"), seen);
  std::ofstream(host_.folder.path() + "/host.toml", std::ios::app) << "# mine\n";
  EXPECT_EQ(ask("PATCH", "/settings", mine, {{"If-Match", seen}}).status, 412);
  EXPECT_EQ(ask("PATCH", "/settings", {{"values", {{"video.slices", 4}}}}).status, 200)
      << "without If-Match the last one wins";
  std::ifstream file(host_.folder.path() + "/host.toml");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  EXPECT_EQ(text, "[session]\nmax_clients = 2\n# mine\n\n[video]\nslices = 4\n");
}

TEST_F(ApiTest, AWrongSettingIsNamedWithItsRange) {
  const auto wrong = ask("PATCH", "/settings", {{"values", {{"video.slices", 33}}}});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_EQ(Json::parse(wrong.body)["detail"],
            "video.slices is 33, but must be a whole number from 1 to 32");
  EXPECT_EQ(ask("DELETE", "/settings/video.slises").status, 404);
  EXPECT_EQ(ask("PATCH", "/settings", {{"values", 3}}).status, 400);
  EXPECT_EQ(ask("PATCH", "/settings", Json::object()).status, 400);
}

TEST_F(ApiTest, EveryOperationAnswersAsTheDocumentSays) {
  answered_.clear();
  const std::string tablet = to_hex(host_.pair(1, "tablet"));
  host_.knock(7, "tv");
  host_.knock(8, "laptop");
  host_.board.working("video", host_.clock.now());

  EXPECT_EQ(get("/host")["name"], "box");
  EXPECT_EQ(get("/health")["health"][0]["worker"], "video");
  EXPECT_EQ(ask("GET", "/microphone").status, 404);
  host_.microphone = pipeline::MicStatus{.open = true, .session = 4};
  EXPECT_EQ(get("/microphone")["session"], 4);
  EXPECT_EQ(get("/sessions")["sessions"].size(), 1u);
  EXPECT_EQ(get("/sessions/4")["device"], "tv");
  EXPECT_EQ(ask("PATCH", "/sessions/4", {{"mode", "1280x720@60"}, {"bitrate_kbps", 5000}}).status,
            202);
  EXPECT_EQ(ask("POST", "/sessions/4/keyframe").status, 204);
  EXPECT_EQ(host_.wishes.size(), 3u);
  EXPECT_EQ(ask("PATCH", "/sessions/4", {{"mode", "large"}}).status, 400);
  EXPECT_EQ(ask("PATCH", "/sessions/4", Json::object()).status, 400);
  EXPECT_EQ(ask("POST", "/sessions/5/keyframe").status, 404);
  host_.sessions.front().mode_locked = "it is a mirror";
  EXPECT_EQ(code(ask("PATCH", "/sessions/4", {{"mode", "1280x720@60"}})), "refused");
  EXPECT_EQ(ask("GET", "/sessions/4/still").body, "a picture");
  EXPECT_EQ(ask("DELETE", "/sessions/4").status, 204);

  host_.show_pictures(7);
  EXPECT_EQ(get("/sessions/7/timeline?rows=20&seconds=30&since=1")["hitches"][0]["cause"],
            "desktop");
  EXPECT_EQ(ask("GET", "/sessions/8/timeline").status, 404);
  EXPECT_EQ(get("/sessions/7/figures?seconds=30")["samples"][0]["hitches"], 1);
  const Json saved = Json::parse(ask("POST", "/recordings", {{"session", 7}}).body);
  const std::string recording = "/recordings/" + saved["id"].get<std::string>();
  EXPECT_EQ(ask("POST", "/recordings/start", {{"session", 7}}).status, 202);
  EXPECT_EQ(ask("POST", "/recordings/start").status, 403) << "it is being recorded";
  host_.show_picture(60, host_.clock.now());
  EXPECT_EQ(get("/recordings")["running"][0]["pictures"], 1);
  host_.sessions = {{.number = 7}};
  EXPECT_EQ(get("/sessions/7")["recording"]["parts"], 0);
  const Json more = Json::parse(ask("POST", "/recordings/stop", {{"session", 7}}).body);
  EXPECT_EQ(more["parts"], Json::array({more["id"]}));
  EXPECT_EQ(get("/recordings")["recordings"].size(), 2u);
  EXPECT_EQ(get(recording)["rows"].size(), 60u);
  EXPECT_EQ(get(recording + "/figures")["samples"].size(), 2u);
  EXPECT_EQ(ask("GET", recording + "/perfetto").status, 200);
  EXPECT_EQ(ask("GET", "/recordings/..%2Fidentity").status, 404);
  EXPECT_EQ(ask("DELETE", recording).status, 204);
  EXPECT_EQ(ask("DELETE", "/recordings/" + more["id"].get<std::string>()).status, 204);

  host_.keep_pictures(7);
  EXPECT_EQ(get("/blackbox")["sessions"].size(), 1u);
  EXPECT_EQ(get("/sessions/7/blackbox")["session"], 7);
  EXPECT_EQ(ask("GET", "/sessions/8/blackbox").status, 404);
  const std::string clip =
      "/clips/" + Json::parse(ask("POST", "/sessions/7/blackbox").body)["id"].get<std::string>();
  while (get(clip)["state"] == "saving") std::this_thread::yield();
  EXPECT_EQ(get("/clips")["clips"][0], get(clip));
  EXPECT_EQ(get(clip)["error"], Json());
  const auto video = ask("GET", clip + "/video");
  EXPECT_EQ(video.file->bytes, get(clip)["bytes"]);
  const auto part = ask("GET", clip + "/video", {}, {{"Range", "bytes=4-7"}});
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.file->at, 4u);
  EXPECT_EQ(part.file->bytes, 4u);
  EXPECT_EQ(http::find_header(part.headers, "Content-Range"),
            fmt::format("bytes 4-7/{}", video.file->bytes));
  EXPECT_EQ(ask("GET", clip + "/video", {}, {{"Range", "bytes=99999999-"}}).status, 416);
  EXPECT_EQ(ask("GET", clip + "/trace").status, 200);
  EXPECT_EQ(ask("GET", "/clips/..%2Fidentity").status, 404);
  EXPECT_EQ(ask("DELETE", clip).status, 204);
  EXPECT_EQ(ask("GET", clip).status, 404);

  EXPECT_EQ(get("/devices")["devices"].size(), 1u);
  EXPECT_EQ(get("/devices/" + tablet)["name"], "tablet");
  const Json changed = Json::parse(
      ask("PATCH", "/devices/" + tablet,
          {{"name", "Anna's"}, {"grants", {"pointer"}}, {"expires_in_s", 60}, {"play_on", "both"}})
          .body);
  EXPECT_EQ(changed["name"], "Anna's");
  EXPECT_EQ(changed["grants"], Json({"pointer"}));
  EXPECT_EQ(changed["play_on"], "both");
  EXPECT_EQ(ask("DELETE", "/devices/" + tablet).status, 204);
  EXPECT_EQ(ask("GET", "/devices/" + tablet).status, 404);

  EXPECT_EQ(Json::parse(ask("POST", "/pairing", {{"lifetime_s", 60}}).body)["pin"]
                .get<std::string>()
                .size(),
            4u);
  EXPECT_TRUE(get("/pairing")["armed"].is_object());
  EXPECT_EQ(ask("DELETE", "/pairing").status, 204);
  EXPECT_EQ(ask("POST", "/pairing/pin", {{"pin", "1234"}}).status, 404);
  host_.pins = {{.ticket = 7, .address = "10.0.0.7", .since = host_.clock.now()}};
  EXPECT_EQ(get("/pairing")["pins"][0]["from"], "10.0.0.7");
  EXPECT_EQ(Json::parse(ask("POST", "/pairing/pin", {{"pin", "1234"}}).body)["ticket"], 7);
  const Json knocks = get("/knocks")["knocks"];
  ASSERT_EQ(knocks.size(), 2u);
  EXPECT_EQ(ask("POST", "/knocks/" + knocks[0]["id"].dump() + "/approve").status, 200);
  EXPECT_EQ(ask("POST", "/knocks/laptop/deny").status, 200);

  host_.sessions = {{.number = 4, .state = session::SessionStatus::State::lingering},
                    {.number = 5, .joins = 4}};
  const Json displays = get("/displays");
  EXPECT_EQ(displays["backends"][0]["reason"], "no program");
  ASSERT_EQ(displays["displays"].size(), 1u);
  EXPECT_EQ(displays["displays"][0]["lingers"], true);
  EXPECT_EQ(displays["displays"][0]["watched_by"], Json({5}));
  EXPECT_EQ(get("/encoders")["encoders"][0]["largest_px"]["width"], 4096);
  EXPECT_EQ(get("/encoders")["encoders"][1]["usable"], false);
  EXPECT_EQ(get("/applications")["applications"][0]["name"], "Desktop");

  EXPECT_GT(get("/settings")["settings"].size(), 20u);
  EXPECT_EQ(get("/settings/network.port")["value"], 9777);
  EXPECT_EQ(ask("PATCH", "/settings", {{"values", {{"session.max_clients", 2}}}}).status, 200);
  EXPECT_EQ(ask("DELETE", "/settings/session.max_clients").status, 200);
  const Json made =
      Json::parse(ask("POST", "/tokens", {{"name", "backup"}, {"scope", "read"}}).body);
  EXPECT_EQ(get("/tokens")["tokens"].size(), 2u);
  EXPECT_EQ(ask("DELETE", "/tokens/" + made["id"].get<std::string>()).status, 204);
  host_.log_ring.add(log::Level::info, "host", "a line", {});
  EXPECT_EQ(get("/logs?after=0&level=info&limit=10")["lines"][0]["text"], "a line");
  EXPECT_EQ(ask("GET", "/logs?limit=many").status, 400);
  const auto report = ask("GET", "/logs/text");
  EXPECT_NE(report.body.find("host: a line\n"), std::string::npos);
  EXPECT_NE(http::find_header(report.headers, "Content-Disposition")->find("attachment"),
            std::string::npos);
  EXPECT_EQ(ask("PATCH", "/logs", {{"level", "debug"}}).status, 200);
  EXPECT_EQ(code(ask("GET", "/metrics")), "switched_off");
  EXPECT_EQ(ask("PATCH", "/settings", {{"values", {{"management.metrics", true}}}}).status, 200);
  EXPECT_NE(ask("GET", "/metrics").body.find("punktfunk_info{version=\"1\"} 1\n"),
            std::string::npos);
  EXPECT_EQ(get("/doctor")["rungs"][0]["state"], "waiting");
  EXPECT_TRUE(Json::parse(ask("POST", "/doctor").body)["running"].get<bool>());
  EXPECT_EQ(ask("POST", "/doctor").status, 409);
  EXPECT_EQ(get("/me")["scope"], "admin");
  const auto new_app = ask("POST", "/applications", {{"name", "a"}, {"command", {"b"}}});
  const std::string app = "/applications/" + Json::parse(new_app.body)["id"].dump();
  EXPECT_EQ(get(app)["name"], "a");
  EXPECT_EQ(ask("PATCH", app, {{"command", {"c"}}}).status, 200);
  EXPECT_EQ(ask("DELETE", app).status, 204);
  EXPECT_EQ(get("/library")["entries"][0]["title"], "<b>Dota 2</b>");
  EXPECT_EQ(Json::parse(ask("POST", "/library/scan").body)["scanning"], true);
  EXPECT_EQ(ask("GET", "/library/steam:570/art/poster").status, 200);
  EXPECT_EQ(get("/openapi.json"), document_);
  ask("GET", "/events?kinds=session,health", {}, {{"Last-Event-ID", "x-1"}});
  ASSERT_TRUE(subscription_);
  EXPECT_EQ(subscription_->kinds, (std::vector<std::string>{"session", "health"}));
  EXPECT_EQ(subscription_->last_event_id, "x-1");

  EXPECT_EQ(ask("POST", "/login", {{"password", *host_.access->make_password()}}).status, 200);
  EXPECT_EQ(ask("POST", "/logout").status, 204);

  // A new operation is added above.
  for (const Route& route : routes()) {
    EXPECT_EQ(answered_.count(std::string(route.id)), 1u) << route.id;
  }
}

TEST_F(ApiTest, WhatSaysSoMayBeAskedTwice) {
  const std::string tablet = "/devices/" + to_hex(host_.pair(1, "tablet"));
  for (const auto& [path, body] :
       {std::pair<std::string, Json>(tablet, {{"name", "tv"}, {"grants", {"pointer"}}}),
        std::pair<std::string, Json>("/settings", {{"values", {{"video.slices", 2}}}}),
        std::pair<std::string, Json>("/logs", {{"level", "debug"}})}) {
    const http::Response once = ask("PATCH", path, body);
    EXPECT_EQ(once.status, 200) << once.body;
    EXPECT_EQ(ask("PATCH", path, body).body, once.body);
  }
  for (int turn = 0; turn < 2; ++turn) {
    EXPECT_EQ(ask("DELETE", "/settings/video.slices").status, 200);
    EXPECT_EQ(ask("DELETE", "/pairing").status, 204);
    EXPECT_EQ(ask("POST", "/logout").status, 204);
    EXPECT_EQ(ask("DELETE", tablet).status, turn == 0 ? 204 : 404) << "it is gone either way";
  }
  for (const Route& route : routes())
    EXPECT_EQ(is_idempotent(route), route.method != "POST" || route.id == "logOut") << route.id;
}

TEST_F(ApiTest, WhoHasSomethingAlreadyIsNotSentItAgain) {
  const std::string still = "/sessions/4/still";
  const std::string tag(*http::find_header(ask("GET", still).headers, "ETag"));
  const auto again = ask("GET", still, {}, {{"If-None-Match", "\"other\", W/" + tag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(http::find_header(again.headers, "ETag"), tag);
  host_.still_jpeg = "another picture";
  EXPECT_EQ(ask("GET", still, {}, {{"If-None-Match", tag}}).body, "another picture");

  const std::string settings(*http::find_header(ask("GET", "/settings").headers, "ETag"));
  EXPECT_EQ(ask("GET", "/settings", {}, {{"If-None-Match", settings}}).status, 304);
  EXPECT_EQ(ask("PATCH", "/settings", {{"values", {{"session.max_clients", 2}}}},
                {{"If-None-Match", settings}})
                .status,
            200);
}

TEST_F(ApiTest, WhereThereIsNoPictureItSaysWhy) {
  EXPECT_EQ(ask("GET", "/sessions/9/still").status, 404);
  host_.still_jpeg.clear();
  const auto none = ask("GET", "/sessions/4/still");
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(Json::parse(none.body)["detail"], "a picture of session 4 is being made: ask again");
}

TEST_F(ApiTest, TheCommittedDocumentIsTheGeneratedOne) {
  std::ifstream file(PF_API "/openapi.json");
  const std::string committed{std::istreambuf_iterator<char>(file), {}};
  std::ofstream(PF_BIN_DIR "/openapi.json") << openapi_text();
  EXPECT_TRUE(committed == openapi_text())
      << "copy " PF_BIN_DIR "/openapi.json to api/openapi.json, and look at the difference";
}

TEST_F(ApiTest, EveryOperationRefusesWhoHasNothingToShow) {
  anonymous_ = true;
  for (const Route& route : routes()) {
    if (route.need == Need::nothing) continue;
    const auto response = ask(std::string(route.method), std::string(route.path));
    EXPECT_EQ(response.status, 401) << route.id;
    EXPECT_TRUE(http::find_header(response.headers, "WWW-Authenticate"));
  }
}

TEST_F(ApiTest, EveryOperationRefusesAScopeThatIsTooSmall) {
  const std::vector<std::pair<std::string, Need>> tokens{{token("read"), Need::read},
                                                         {token("control"), Need::control}};
  for (const auto& [secret, may] : tokens) {
    admin_ = secret;
    for (const Route& route : routes()) {
      if (route.need <= may) continue;
      const auto response = ask(std::string(route.method), std::string(route.path));
      EXPECT_EQ(response.status, 403) << route.id;
      EXPECT_EQ(code(response), "not_allowed");
    }
  }
}

TEST_F(ApiTest, NonsenseIsAProblemAndNeverAServersError) {
  for (const Route& route : routes()) {
    if (route.own != Own::nothing) continue;
    for (const char* body : {"{", "[]", "1", "\"x\"", "{\"name\": 1}", "{\"device\": []}",
                             "{\"unknown\": true}", "{\"expires_in_s\": -1}", "{\"grants\": 7}",
                             "{\"expires_in_s\": 18446744073709551615}"}) {
      const auto response = ask(std::string(route.method), std::string(route.path), body);
      EXPECT_LT(response.status, 500) << route.id << ' ' << body;
      EXPECT_GE(response.status, 400) << route.id << ' ' << body;
    }
  }
  EXPECT_EQ(ask("GET", "/nowhere").status, 404);
  EXPECT_EQ(ask("GET", "/devices/../../etc/passwd").status, 404);
  EXPECT_EQ(ask("GET", "/sessions/4294967296").status, 404);
  EXPECT_EQ(ask("GET", "/settings/%00").status, 404);
  EXPECT_EQ(ask("GET", "/host?unknown=1").status, 400);
  const auto wrong = ask("PUT", "/devices");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(http::find_header(wrong.headers, "Allow"), "GET");
  EXPECT_EQ(ask("POST", "/pairing", "{}", {{"Content-Type", "text/plain"}}).status, 415);
}

TEST_F(ApiTest, ApplicationsAreMadeChangedAndRemovedInTheFile) {
  const auto made =
      ask("POST", "/applications",
          {{"name", "Race"}, {"command", {"race", "--fast"}}, {"mode", "1280x720@60"}});
  ASSERT_EQ(made.status, 201) << made.body;
  const Json race = Json::parse(made.body);
  EXPECT_EQ(race["command"], (Json{"race", "--fast"}));
  const std::string path = "/applications/" + race["id"].dump();
  const auto seen = ask("GET", path);
  const std::string tag(*http::find_header(seen.headers, "ETag"));
  EXPECT_EQ(tag, '"' + race["revision"].get<std::string>() + '"');
  const auto changed =
      ask("PATCH", path, {{"mode", nullptr}, {"prep", {{{"run", {"a"}}, {"undo", Json::array()}}}}},
          {{"If-Match", tag}});
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(Json::parse(changed.body)["mode"], nullptr);
  EXPECT_EQ(Json::parse(changed.body)["prep"][0]["run"], Json{"a"});
  const auto stale = ask("PATCH", path, {{"name", "x"}}, {{"If-Match", tag}});
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(code(stale), "changed_meanwhile");
  const auto renamed = ask("PATCH", path, {{"name", "Race 2"}});
  ASSERT_EQ(renamed.status, 200) << renamed.body;
  EXPECT_EQ(ask("GET", path).status, 404);
  const std::string new_path = "/applications/" + Json::parse(renamed.body)["id"].dump();
  EXPECT_EQ(get("/applications")["applications"].size(), 2u);
  EXPECT_EQ(ask("DELETE", new_path, {}, {{"If-Match", tag}}).status, 412);
  EXPECT_EQ(ask("DELETE", new_path).status, 204);
  EXPECT_EQ(get("/applications")["applications"].size(), 1u);
}

TEST_F(ApiTest, ApplicationsThatMakeNoSenseAreRefusedWithTheReason) {
  const auto reason = [&](const Json& body) {
    const auto response = ask("POST", "/applications", body);
    EXPECT_EQ(response.status, 400) << response.body;
    return Json::parse(response.body)["detail"].get<std::string>();
  };
  EXPECT_EQ(reason({{"name", "a"}}),
            "create-application needs the argument command: the program and "
            "its arguments");
  EXPECT_EQ(reason({{"name", ""}, {"command", {"a"}}}),
            "name must be a text of 1 to 64 bytes without spaces at its ends");
  EXPECT_EQ(reason({{"name", "a"}, {"command", Json::array()}}),
            "command must be a list of texts, the program first");
  EXPECT_EQ(reason({{"name", "a"}, {"command", {"a"}}, {"working_folder", "../x"}}),
            "working_folder must be an absolute path");
  EXPECT_TRUE(reason({{"name", "a"}, {"command", {"a"}}, {"prep", {{{"run", 3}}}}})
                  .starts_with("prep must be a list of at most 16 steps"));
  EXPECT_TRUE(reason({{"name", "Desktop"}, {"command", {"a"}}}).find("always there") !=
              std::string::npos);
  const std::string desktop =
      "/applications/" + get("/applications")["applications"][0]["id"].dump();
  EXPECT_EQ(ask("DELETE", desktop).status, 403);
  EXPECT_EQ(ask("PATCH", "/applications/77", {{"name", "a"}}).status, 404);
}

TEST_F(ApiTest, PicturesComeWithTheirTypeAndAreAskedForOnce) {
  const std::string path = "/library/steam:570/art/poster";
  const auto first = ask("GET", path);
  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "picture");
  EXPECT_EQ(http::find_header(first.headers, "Content-Type"), "image/jpeg");
  EXPECT_EQ(http::find_header(first.headers, "Cache-Control"), "private, no-cache");
  EXPECT_EQ(http::find_header(first.headers, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(http::find_header(first.headers, "Content-Security-Policy"),
            "default-src 'none'; frame-ancestors 'none'");
  const std::string tag(*http::find_header(first.headers, "ETag"));
  EXPECT_EQ(tag, "\"0123456789abcdef\"");
  EXPECT_EQ(ask("GET", path, {}, {{"If-None-Match", tag}}).status, 304);
  EXPECT_EQ(ask("GET", "/library/steam%3A570/art/poster").status, 200);
  for (const char* other : {"/library/steam:570/art/hero", "/library/steam:570/art/x",
                            "/library/steam:571/art/poster", "/library/..%2f..%2fetc/art/poster"})
    EXPECT_EQ(ask("GET", other).status, 404) << other;
  host_.picture = fail(ErrorKind::timed_out, "its files do not answer");
  const auto dead = ask("GET", path);
  EXPECT_EQ(dead.status, 503);
  EXPECT_EQ(code(dead), "not_answering");
}

TEST_F(ApiTest, APairedDeviceMayLookAtTheLibrary) {
  anonymous_ = true;
  EXPECT_EQ(ask("GET", "/library").status, 401);
  certificate_ = {std::byte{1}};
  const crypto::Fingerprint fingerprint = crypto::fingerprint(certificate_);
  const auto armed = host_.trust->arm_pairing({}, host_.clock.now());
  ASSERT_TRUE(host_.trust->finish_pairing(armed, fingerprint, "tv", host_.administration.now()));
  EXPECT_EQ(ask("GET", "/library").status, 200);
  EXPECT_EQ(ask("GET", "/library/steam:570/art/poster").status, 200);
  EXPECT_EQ(ask("POST", "/library/scan").status, 403);
}

TEST_F(ApiTest, AStaleEditOfADeviceIsRefused) {
  const std::string path = "/devices/" + to_hex(host_.pair(1, "tablet"));
  const std::string tag(*http::find_header(ask("GET", path).headers, "ETag"));
  const auto first = ask("PATCH", path, {{"name", "one"}}, {{"If-Match", tag}});
  ASSERT_EQ(first.status, 200);
  const auto second = ask("PATCH", path, {{"name", "two"}}, {{"If-Match", tag}});
  EXPECT_EQ(second.status, 412);
  EXPECT_EQ(code(second), "changed_meanwhile");
  EXPECT_EQ(ask("DELETE", path, {}, {{"If-Match", tag}}).status, 412);
  EXPECT_EQ(get(path)["name"], "one");
  const std::string newer(*http::find_header(first.headers, "ETag"));
  EXPECT_EQ(ask("DELETE", path, {}, {{"If-Match", newer}}).status, 204);
  EXPECT_EQ(ask("DELETE", path, {}, {{"If-Match", "*"}}).status, 404);
}

TEST_F(ApiTest, ADeviceMayLookByItsCertificateAndChangeNothing) {
  anonymous_ = true;
  certificate_ = {std::byte{1}, std::byte{2}};
  EXPECT_EQ(ask("GET", "/host").status, 401) << "a certificate that nobody knows";
  const auto armed = host_.trust->arm_pairing({}, host_.clock.now());
  ASSERT_TRUE(host_.trust->finish_pairing(armed, crypto::fingerprint(certificate_), "tablet",
                                          host_.administration.now()));
  EXPECT_EQ(get("/me")["name"], "tablet");
  EXPECT_EQ(ask("GET", "/host").status, 200);
  EXPECT_EQ(ask("GET", "/devices").status, 403);
  EXPECT_EQ(ask("DELETE", "/sessions/4").status, 403);
}

TEST_F(ApiTest, ADeviceThatIsUnpairedBetweenTwoRequestsIsAStranger) {
  anonymous_ = true;
  certificate_ = {std::byte{1}, std::byte{2}};
  const auto armed = host_.trust->arm_pairing({}, host_.clock.now());
  const auto fingerprint = crypto::fingerprint(certificate_);
  ASSERT_TRUE(
      host_.trust->finish_pairing(armed, fingerprint, "tablet", host_.administration.now()));
  EXPECT_EQ(ask("GET", "/sessions").status, 200);
  ASSERT_TRUE(host_.administration.unpair("tablet"));
  for (const char* path : {"/sessions", "/me", "/host"}) EXPECT_EQ(ask("GET", path).status, 401);
}

TEST_F(ApiTest, ATokenEndsWhenItIsRevokedOrExpires) {
  const auto now = host_.administration.now().wall;
  admin_ = "Bearer " + host_.access->create_token("old", access::Scope::admin, now, now)->secret;
  EXPECT_EQ(ask("GET", "/host").status, 401);
  const auto made = *host_.access->create_token("new", access::Scope::admin, {}, now);
  admin_ = "Bearer " + made.secret;
  EXPECT_EQ(ask("DELETE", "/tokens/" + made.token.id).status, 204) << "its own";
  EXPECT_EQ(ask("GET", "/host").status, 401);
}

TEST_F(ApiTest, ThePasswordGivesACookieWhoseChangesNeedItsText) {
  const std::string password = *host_.access->make_password();
  anonymous_ = true;
  EXPECT_EQ(ask("POST", "/login", {{"password", "guess"}}).status, 401);
  EXPECT_EQ(ask("POST", "/login", {{"user", "me"}}).status, 400);
  const auto in = ask("POST", "/login", {{"password", password}});
  ASSERT_EQ(in.status, 200);
  const std::string set(*http::find_header(in.headers, "Set-Cookie"));
  for (const char* word : {"__Host-punktfunk=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"})
    EXPECT_NE(set.find(word), std::string::npos) << word;
  const http::Header cookie{"Cookie", "a=b; " + set.substr(0, set.find(';'))};
  EXPECT_EQ(ask("GET", "/devices", {}, {cookie}).status, 200);
  EXPECT_EQ(code(ask("POST", "/pairing", {}, {cookie})), "csrf");
  const http::Header csrf{"X-CSRF-Token", Json::parse(in.body)["csrf_token"]};
  EXPECT_EQ(ask("POST", "/pairing", {}, {cookie, csrf}).status, 201);
  EXPECT_EQ(ask("POST", "/logout", {}, {cookie, csrf}).status, 204);
  EXPECT_EQ(ask("GET", "/devices", {}, {cookie}).status, 401);
}

TEST_F(ApiTest, ANewPasswordEndsTheLoginsOfTheOld) {
  const std::string password = *host_.access->make_password();
  anonymous_ = true;
  const auto in = ask("POST", "/login", {{"password", password}});
  const std::string set(*http::find_header(in.headers, "Set-Cookie"));
  const http::Header cookie{"Cookie", set.substr(0, set.find(';'))};
  const http::Response me = ask("GET", "/me", {}, {cookie});
  ASSERT_EQ(me.status, 200);
  EXPECT_EQ(Json::parse(me.body)["csrf_token"], Json::parse(in.body)["csrf_token"]);
  ASSERT_TRUE(host_.access->make_password());
  EXPECT_EQ(ask("GET", "/me", {}, {cookie}).status, 401);
}

TEST_F(ApiTest, GuessingThePasswordIsSlowedDown) {
  ASSERT_TRUE(host_.access->make_password());
  anonymous_ = true;
  for (std::size_t i = 0; i < LoginLimit::kMaxPerAddress; ++i)
    EXPECT_EQ(ask("POST", "/login", {{"password", "guess"}}).status, 401);
  const auto stopped = ask("POST", "/login", {{"password", "guess"}});
  EXPECT_EQ(stopped.status, 429);
  EXPECT_TRUE(http::find_header(stopped.headers, "Retry-After"));
}

TEST_F(ApiTest, AForeignNameForThisHostIsRefused) {
  for (const char* name : {"127.0.0.1", "[::1]:47990", "localhost:1", "box", "BOX.local:47990"})
    EXPECT_EQ(ask("GET", "/host", {}, {{"Host", name}}).status, 200) << name;
  for (const char* name :
       {"evil.example", "evil.example:47990", "127.0.0.1.evil.example", "box.evil"})
    EXPECT_EQ(ask("GET", "/host", {}, {{"Host", name}}).status, 421) << name;
  ASSERT_EQ(ask("PATCH", "/settings", {{"values", {{"network.name", "attic"}}}}).status, 200);
  for (const char* name : {"box", "attic.local:47990"})
    EXPECT_EQ(ask("GET", "/host", {}, {{"Host", name}}).status, 200) << name;
  EXPECT_EQ(get("/host")["name"], "attic");
}

}  // namespace
}  // namespace pf::management
