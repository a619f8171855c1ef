#include "host/gamestream/server/nvhttp_rules.h"

#include <gtest/gtest.h>

#include "host/gamestream/server/moonlight_testing.h"

namespace pf::gamestream {
namespace {

using Way = Asker::Way;

class Rules : public ::testing::Test {
 protected:
  Rules() {
    view_.host_name = "den";
    view_.unique_id = "3E6A";
    view_.mac = "01:02:03:04:05:06";
    view_.http_port = 47989;
    view_.https_port = 47984;
    view_.rtsp_port = 48010;
    view_.codec_modes = 1;
    view_.apps = &apps_;
    paired_.device.fingerprint[0] = std::byte{1};
    paired_.device.name = "tv";
  }
  Decision ask(const std::string& target, const Asker& asker) {
    request_.target = target;
    return decide(request_, asker, view_);
  }
  std::string body(const std::string& target, const Asker& asker) {
    const Decision decision = ask(target, asker);
    const auto* response = std::get_if<http::Response>(&decision);
    if (response == nullptr) return "work";
    EXPECT_EQ(response->status, 200);
    return response->body;
  }
  static std::string status_of(const std::string& body) {
    const std::size_t at = body.find("status_code=\"");
    return at == std::string::npos ? "none" : body.substr(at + 13, 3);
  }
  // Some device runs this app.
  void run(std::uint8_t device, std::int32_t app_id) {
    RunningApp running;
    running.device[0] = std::byte{device};
    running.app.id = app_id;
    view_.running.push_back(running);
  }

  const std::vector<AppEntry> apps_{
      {.app = {.id = 1, .title = "Desktop", .hdr = false}, .needs_grant = false},
      {.app = {.id = 2, .title = "A & B", .hdr = false}, .needs_grant = true}};
  NvhttpView view_;
  Asker plain_, stranger_{Way::stranger, {}}, paired_{Way::paired, {}};
  http::Request request_{.method = "GET",
                         .target = "/",
                         .headers = {},
                         .body = {},
                         .peer = Endpoint::ipv4({192, 168, 1, 7}, 40'000),
                         .local = Endpoint::ipv4({192, 168, 1, 20}, 47'989),
                         .over_tls = false,
                         .client_certificate = {}};
  const std::string launch_ =
      "/launch?appid=1&mode=1280x720x60&rikey=00112233445566778899aabbccddeeff&rikeyid=-2"
      "&localAudioPlayMode=0&surroundAudioInfo=4128774&corever=1&gcmap=3";
};

TEST_F(Rules, ServerInfoSaysWhoIsPairedAndWhatIsItsBusiness) {
  const std::string stranger = body("/serverinfo?uniqueid=0&uuid=1", plain_);
  EXPECT_EQ(element_of(stranger, "PairStatus"), "0");
  EXPECT_EQ(element_of(stranger, "mac"), "00:00:00:00:00:00");
  EXPECT_EQ(element_of(stranger, "LocalIP"), "192.168.1.20");
  EXPECT_EQ(element_of(stranger, "HttpsPort"), "47984");
  const std::string known = body("/serverinfo", paired_);
  EXPECT_EQ(element_of(known, "PairStatus"), "1");
  EXPECT_EQ(element_of(known, "mac"), "01:02:03:04:05:06");
}

TEST_F(Rules, EachDeviceIsBusyWithItsOwnApp) {
  EXPECT_EQ(element_of(body("/serverinfo", paired_), "state"), "SUNSHINE_SERVER_FREE");
  run(2, 7);
  EXPECT_EQ(element_of(body("/serverinfo", paired_), "state"), "SUNSHINE_SERVER_FREE");
  EXPECT_EQ(element_of(body("/serverinfo", paired_), "currentgame"), "0");
  EXPECT_EQ(element_of(body("/serverinfo", plain_), "state"), "SUNSHINE_SERVER_BUSY");
  run(1, 2);
  EXPECT_EQ(element_of(body("/serverinfo", paired_), "currentgame"), "2");
}

TEST_F(Rules, StrangersOverTlsAreToldThatTheyAreNotPaired) {
  for (const char* path : {"/serverinfo", "/applist", "/launch?x=1", "/pair?phrase=pairchallenge",
                           "/cancel", "/nonsense"}) {
    const std::string answer = body(path, stranger_);
    EXPECT_EQ(status_of(answer), "401") << path;
  }
  EXPECT_NE(body("/a%22%3e<b", stranger_).find("query=\"/a%22%3e&lt;b\""), std::string::npos);
}

TEST_F(Rules, WhatChangesAnythingNeedsTls) {
  for (const char* path : {"/applist", "/appasset?appid=1", "/launch", "/resume", "/cancel", "/"})
    EXPECT_EQ(status_of(body(path, plain_)), "404") << path;
  EXPECT_TRUE(std::holds_alternative<DoPairing>(ask("/pair?phrase=getservercert", plain_)));
  EXPECT_TRUE(std::holds_alternative<DoUnpair>(ask("/unpair?uniqueid=1", plain_)));
  EXPECT_TRUE(std::holds_alternative<DoCancel>(ask("/cancel", paired_)));
  EXPECT_EQ(element_of(body("/pair?phrase=pairchallenge", paired_), "paired"), "1");
  EXPECT_EQ(element_of(body("/pair?phrase=getservercert", paired_), "paired"), "0");
}

TEST_F(Rules, AppsHaveTitlesAndArt) {
  const std::string list = body("/applist", paired_);
  EXPECT_NE(list.find("<AppTitle>A &amp; B</AppTitle>"), std::string::npos);
  const Decision art = ask("/appasset?appid=1&AssetType=2&AssetIdx=0", paired_);
  ASSERT_TRUE(std::holds_alternative<DoBoxArt>(art));
  EXPECT_EQ(std::get<DoBoxArt>(art).app_id, 1);
  EXPECT_EQ(box_art_answer("a picture").body, "a picture");
  const Decision none = ask("/appasset?appid=77", paired_);
  EXPECT_EQ(std::get<http::Response>(none).status, 404);
}

TEST_F(Rules, ADeviceWithoutTheGrantStartsTheDesktopOnly) {
  paired_.device.access.grants = trust::Grants::from_bits(0);
  EXPECT_EQ(body("/applist", paired_).find("A &amp; B"), std::string::npos);
  EXPECT_TRUE(std::holds_alternative<DoLaunch>(ask(launch_, paired_)));
  std::string other = launch_;
  other.replace(other.find("appid=1"), 7, "appid=2");
  EXPECT_EQ(status_of(body(other, paired_)), "403");
}

TEST_F(Rules, ALaunchCarriesWhatTheClientAskedFor) {
  const Decision decision = ask(launch_, paired_);
  ASSERT_TRUE(std::holds_alternative<DoLaunch>(decision));
  const Launch& launch = std::get<DoLaunch>(decision).launch;
  EXPECT_EQ(launch.device, paired_.device.fingerprint);
  EXPECT_EQ(launch.device_name, "tv");
  EXPECT_EQ(launch.app.title, "Desktop");
  EXPECT_EQ(launch.key_id, 0xFFFFFFFEu);
  EXPECT_EQ(launch.channel_count, 6);
  EXPECT_EQ(launch.pads, 3);
  EXPECT_TRUE(launch.encrypted_rtsp);
  EXPECT_EQ(to_string(*launch.mode), "1280x720@60");
  EXPECT_EQ(launch.client.port(), 40'000);
  const http::Response done = launch_answer(launch, 48010, {});
  EXPECT_EQ(element_of(done.body, "sessionUrl0"), "rtspenc://192.168.1.20:48010");
  EXPECT_EQ(element_of(done.body, "gamesession"), "1");
  const http::Response busy =
      launch_answer(launch, 48010, fail(ErrorKind::refused, "An app is already running"));
  EXPECT_EQ(status_of(busy.body), "400");
  EXPECT_EQ(element_of(busy.body, "resume"), "0");
  const http::Response full = launch_answer(launch, 48010, fail(ErrorKind::exhausted, "full"));
  EXPECT_EQ(status_of(full.body), "503");
  EXPECT_EQ(element_of(full.body, "gamesession"), "0");
}

TEST_F(Rules, RefusesLaunchesThatCannotBe) {
  EXPECT_EQ(status_of(body("/launch?appid=1", paired_)), "400");
  std::string gone = launch_;
  gone.replace(gone.find("appid=1"), 7, "appid=9");
  EXPECT_EQ(status_of(body(gone, paired_)), "404");
  const std::string resume = "/resume" + launch_.substr(7);
  EXPECT_EQ(status_of(body(resume, paired_)), "503");
  run(1, 2);
  const Decision resumed = ask(resume, paired_);
  ASSERT_TRUE(std::holds_alternative<DoLaunch>(resumed));
  EXPECT_EQ(std::get<DoLaunch>(resumed).launch.app.id, 2);
  view_.encryption_required = true;
  std::string old_client = launch_;
  old_client.replace(old_client.find("corever=1"), 9, "corever=0");
  EXPECT_EQ(status_of(body(old_client, paired_)), "403");
}

TEST_F(Rules, NonsenseHasAnAnswer) {
  EXPECT_EQ(status_of(body("/serverinfo?a=%zz", plain_)), "400");
  EXPECT_EQ(status_of(body("/serverinfo?" + std::string(40'000, 'a'), plain_)), "400");
  EXPECT_EQ(status_of(body("/serverinfo?a=%0d%0aSet-Cookie:x", plain_)), "200");
  request_.method = "POST";
  const Decision post = ask("/serverinfo", plain_);
  EXPECT_EQ(std::get<http::Response>(post).status, 405);
}

}  // namespace
}  // namespace pf::gamestream
