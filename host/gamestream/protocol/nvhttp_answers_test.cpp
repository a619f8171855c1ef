#include "host/gamestream/protocol/nvhttp_answers.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::gamestream {
namespace {

bool has(const std::string& body, const std::string& part) {
  return body.find(part) != std::string::npos;
}

ServerInfo den() {
  return {.host_name = "den & <attic>",
          .unique_id = "3E6A",
          .mac = "01:02:03:04:05:06",
          .local_ip = "192.168.1.20",
          .codec_modes = 0x30301};
}

TEST(ServerInfo, TellsStrangersLessThanPairedClients) {
  const std::string stranger = server_info(den(), false), paired = server_info(den(), true);
  EXPECT_EQ(
      stranger.rfind("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<root status_code=\"200\">", 0),
      0u);
  EXPECT_TRUE(has(stranger, "<PairStatus>0</PairStatus>"));
  EXPECT_TRUE(has(stranger, "<mac>00:00:00:00:00:00</mac>"));
  EXPECT_TRUE(has(paired, "<PairStatus>1</PairStatus>"));
  EXPECT_TRUE(has(paired, "<mac>01:02:03:04:05:06</mac>"));
  EXPECT_TRUE(has(paired, "<hostname>den &amp; &lt;attic&gt;</hostname>"));
  EXPECT_TRUE(has(paired, "<ServerCodecModeSupport>197377</ServerCodecModeSupport>"));
  EXPECT_TRUE(has(paired, "<MaxLumaPixelsHEVC>1869449984</MaxLumaPixelsHEVC>"));
}

TEST(ServerInfo, IsBusyExactlyWhileAnAppRuns) {
  ServerInfo info = den();
  EXPECT_TRUE(has(server_info(info, true),
                  "<currentgame>0</currentgame><state>SUNSHINE_SERVER_FREE</state>"));
  info.current_app = 7;
  EXPECT_TRUE(has(server_info(info, true),
                  "<currentgame>7</currentgame><state>SUNSHINE_SERVER_BUSY</state>"));
}

TEST(ServerInfo, NamesAnAddressThatClientsIgnoreForIpv6) {
  ServerInfo info = den();
  info.local_ip = "";
  info.codec_modes = 1;
  EXPECT_TRUE(has(server_info(info, true), "<LocalIP>127.0.0.1</LocalIP>"));
  EXPECT_TRUE(has(server_info(info, true), "<MaxLumaPixelsHEVC>0</MaxLumaPixelsHEVC>"));
}

TEST(AppList, EscapesTitles) {
  const std::string body =
      app_list({{.id = 1, .title = "Desktop"}, {.id = 2, .title = "\"A\" & <B>\x01"}});
  EXPECT_TRUE(has(
      body, "<App><IsHdrSupported>0</IsHdrSupported><AppTitle>Desktop</AppTitle><ID>1</ID></App>"));
  EXPECT_TRUE(has(body, "<AppTitle>&quot;A&quot; &amp; &lt;B&gt;</AppTitle>"));
}

const std::string kLaunch =
    "/launch?appid=881448767&mode=1920x1080x60&additionalStates=1&sops=1&rikey="
    "00112233445566778899aabbccddeeff&rikeyid=-1234567890&localAudioPlayMode=0&surroundAudioInfo="
    "4128774&remoteControllersBitmap=1&gcmap=1&gcpersist=0&corever=1";

TEST(Launch, ReadsWhatMoonlightSends) {
  const auto request = parse_launch(*Query::parse(kLaunch), LaunchVerb::launch);
  ASSERT_TRUE(request) << request.error().what;
  EXPECT_EQ(request->app_id, 881448767);
  EXPECT_EQ(to_string(*request->mode), "1920x1080@60");
  EXPECT_EQ(request->channel_count, 6);
  EXPECT_EQ(request->pads, 1);
  EXPECT_TRUE(request->can_encrypt_rtsp);
  EXPECT_FALSE(request->hdr);
}

TEST(Launch, KeepsTheSignOfTheKeyId) {
  const auto vectors = testing::load_vectors("gamestream.json");
  for (const auto& vector : vectors.at("launch").at("rikeyid")) {
    const auto request =
        parse_launch(*Query::parse("/resume?rikey=00112233445566778899aabbccddeeff&rikeyid=" +
                                   vector.at("rikeyid").get<std::string>()),
                     LaunchVerb::resume);
    ASSERT_TRUE(request);
    std::array<std::byte, 4> first{};
    detail::store(first.data(), request->key_id, true);
    EXPECT_EQ(to_hex(first), vector.at("iv_first4"));
  }
}

TEST(Launch, RefusesWhatIsNotWhole) {
  const auto refused = [](const std::string& target, LaunchVerb verb) {
    return !parse_launch(*Query::parse(target), verb);
  };
  EXPECT_TRUE(refused("/launch?appid=1&rikeyid=1", LaunchVerb::launch));
  EXPECT_TRUE(refused("/launch?appid=1&rikey=00ff&rikeyid=1", LaunchVerb::launch));
  EXPECT_TRUE(refused("/launch?appid=0&rikey=00112233445566778899aabbccddeeff&rikeyid=1",
                      LaunchVerb::launch));
  EXPECT_TRUE(refused(kLaunch + "&hdrMode=x", LaunchVerb::launch));
  EXPECT_TRUE(refused("/resume?rikeyid=1", LaunchVerb::resume));
  const auto nothing = not_launched(LaunchVerb::resume, 503, "No running app to resume");
  EXPECT_TRUE(
      has(nothing,
          "status_code=\"503\" status_message=\"No running app to resume\"><resume>0</resume>"));
  EXPECT_TRUE(has(launched(LaunchVerb::launch, "rtspenc://10.0.0.1:48010"),
                  "<gamesession>1</gamesession>"));
}

}  // namespace
}  // namespace pf::gamestream
