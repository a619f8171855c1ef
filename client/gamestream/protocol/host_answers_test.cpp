#include "client/gamestream/protocol/host_answers.h"

#include <gtest/gtest.h>

namespace pf::gamestream_client {
namespace {

const std::string kInfo =
    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<root status_code=\"200\"><hostname>den &amp; "
    "&#x41;&#228;</hostname><appversion>7.1.431.-1</appversion><uniqueid>3E6A</uniqueid>"
    "<HttpsPort>47984</HttpsPort><ServerCodecModeSupport>1</ServerCodecModeSupport>"
    "<PairStatus>1</PairStatus><currentgame>7</currentgame><state>SUNSHINE_SERVER_BUSY</state>"
    "</root>";

std::string with(std::string text, const std::string& from, const std::string& to) {
  text.replace(text.find(from), from.size(), to);
  return text;
}
Result<ServerInfo> info_of(const std::string& text) {
  const auto root = parse_answer(text);
  if (!root) return tl::unexpected(root.error());
  return parse_server_info(*root);
}

TEST(HostAnswers, ReadsWhatAHostSaysOfItself) {
  const auto info = info_of(kInfo);
  ASSERT_TRUE(info) << info.error().what;
  EXPECT_EQ(info->host_name, "den & Aä");
  EXPECT_EQ(info->https_port, 47984);
  EXPECT_TRUE(info->paired && info->busy);
  EXPECT_EQ(info->current_app, 7);
}

TEST(HostAnswers, StumblesOverWhatStockClientsStumbleOver) {
  EXPECT_FALSE(info_of(with(kInfo, "SERVER_BUSY", "SERVER_FREE")));
  EXPECT_FALSE(info_of(with(kInfo, "<currentgame>7", "<currentgame>0")));
  EXPECT_FALSE(info_of(with(kInfo, "<uniqueid>3E6A", "<uniqueid>")));
  EXPECT_FALSE(info_of(with(kInfo, "SUNSHINE_", "MJOLNIR_")));
  EXPECT_FALSE(info_of(with(kInfo, "Support>1<", "Support>0<")));
  EXPECT_FALSE(info_of(with(kInfo, "</root>", "")));
  EXPECT_FALSE(info_of(with(kInfo, "&amp;", "&")));
  EXPECT_FALSE(info_of(with(kInfo, "<PairStatus>1</PairStatus>", "<PairStatus>1</pairstatus>")));
  EXPECT_FALSE(info_of(kInfo + "x"));
}

TEST(HostAnswers, HandsOnTheHostsOwnWordsForARefusal) {
  const auto refused = parse_answer("<root status_code=\"401\" status_message=\"who are you?\"/>");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  EXPECT_EQ(refused.error().os_code, 401);
  EXPECT_NE(refused.error().what.find("who are you?"), std::string::npos);
  EXPECT_FALSE(parse_answer("<root/>"));
  EXPECT_FALSE(parse_answer(""));
}

TEST(HostAnswers, ReadsApplicationsWithTheIdsThatClientsTake) {
  const auto list = [](const std::string& id) {
    const auto root = parse_answer(
        "<root status_code='200'><App><IsHdrSupported>0</IsHdrSupported><AppTitle>"
        "Desktop</AppTitle><ID>" +
        id + "</ID></App></root>");
    return parse_app_list(*root);
  };
  ASSERT_EQ(list("881448767")->size(), 1u);
  EXPECT_EQ(list("881448767")->front().title, "Desktop");
  for (const char* id : {"0", "-1", "2147483648", "x", ""}) EXPECT_FALSE(list(id)) << id;
}

TEST(HostAnswers, ReadsWhereTheSessionIs) {
  const auto url_of = [](const std::string& url, const std::string& flag, const char* verb) {
    const auto root = parse_answer("<root status_code='200'><sessionUrl0>" + url +
                                   "</sessionUrl0>" + flag + "</root>");
    return parse_session_url(*root, verb);
  };
  const auto url = url_of("rtspenc://192.168.1.20:48010", "<gamesession>1</gamesession>", "launch");
  ASSERT_TRUE(url) << url.error().what;
  EXPECT_TRUE(url->encrypted);
  EXPECT_EQ(url->host, "192.168.1.20");
  EXPECT_EQ(url->port, 48010);
  EXPECT_EQ(url_of("rtsp://[fe80::1]:5", "<resume>1</resume>", "resume")->host, "fe80::1");
  EXPECT_FALSE(url_of("rtsp://10.0.0.1:5", "<gamesession>0</gamesession>", "launch"));
  EXPECT_FALSE(url_of("rtsp://10.0.0.1", "<gamesession>1</gamesession>", "launch"));
  EXPECT_FALSE(url_of("http://10.0.0.1:5", "<gamesession>1</gamesession>", "launch"));
}

TEST(Xml, BoundsItsDepth) {
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  EXPECT_FALSE(parse_xml(deep));
  EXPECT_FALSE(parse_xml(std::string(kMaxXmlBytes + 1, ' ')));
}

}  // namespace
}  // namespace pf::gamestream_client
