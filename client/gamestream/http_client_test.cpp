#include "client/gamestream/http_client.h"

#include <gtest/gtest.h>

#include "client/gamestream/one_answer_server_testing.h"
#include "client/gamestream/rtsp_client.h"
#include "core/crypto/rsa.h"
#include "core/runtime/system_clock.h"

namespace pf::gamestream_client {
namespace {

const SystemClock kClock;
constexpr Nanos kPatience = seconds(20);
constexpr Nanos kLittlePatience = milliseconds(50);

Result<HttpAnswer> get(const OneAnswerServer& server, const TlsSide* tls = nullptr,
                       Nanos patience = kPatience) {
  return http_get(server.endpoint(), "/serverinfo?a=b", tls, kClock, patience);
}

TEST(HttpClient, ReadsAnswersWithALengthAndUpToTheEnd) {
  const OneAnswerServer with_length(
      "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\ncontent-length: 4\r\n\r\nbody", nullptr,
      false);
  const auto answer = get(with_length);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->content_type, "image/png");
  EXPECT_EQ(answer->body, "body");
  EXPECT_EQ(with_length.request().rfind("GET /serverinfo?a=b HTTP/1.1\r\nHost: 127.0.0.1", 0), 0u);
  const OneAnswerServer up_to_the_end("HTTP/1.1 404 Not Found\r\n\r\nnot here");
  EXPECT_EQ(get(up_to_the_end)->body, "not here");
  EXPECT_EQ(get(up_to_the_end)->status, 404);
}

TEST(HttpClient, SaysWhatIsWrongWithAHost) {
  EXPECT_EQ(get(OneAnswerServer("SSH-2.0-OpenSSH_9.2\r\n\r\n")).error().kind, ErrorKind::malformed);
  EXPECT_EQ(get(OneAnswerServer("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbody")).error().kind,
            ErrorKind::lost);
  const OneAnswerServer silent("", nullptr, false);
  EXPECT_EQ(get(silent, nullptr, kLittlePatience).error().kind, ErrorKind::timed_out);
  Endpoint nobody;
  { nobody = OneAnswerServer("").endpoint(); }
  EXPECT_EQ(http_get(nobody, "/", nullptr, kClock, kPatience).error().kind, ErrorKind::refused);
}

TEST(HttpClient, TalksOnlyToTheHostThatItPairedWith) {
  const auto host = crypto::make_rsa_identity("host"), other = crypto::make_rsa_identity("other");
  const auto own = crypto::make_rsa_identity("NVIDIA GameStream Client");
  ASSERT_TRUE(host && other && own);
  const OneAnswerServer server("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody", &*host);
  const TlsSide right{*own, host->certificate_der}, wrong{*own, other->certificate_der};
  const auto answer = get(server, &right);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->body, "body");
  EXPECT_EQ(get(server, &wrong).error().kind, ErrorKind::refused);
  EXPECT_FALSE(get(OneAnswerServer("x"), &right, kLittlePatience));
}

TEST(RtspClient, WantsTheHostToHangUpAfterItsAnswer) {
  const OneAnswerServer server("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
  const SessionUrl url{"rtsp://127.0.0.1:48010", "127.0.0.1", 48010, false};
  RtspConversation conversation({}, url);
  std::optional<RtspSeal> plain;
  const auto said = say_next(conversation, plain, server.endpoint(), kClock);
  ASSERT_TRUE(said) << said.error().what;
  EXPECT_EQ(conversation.step(), RtspConversation::Step::describe);
  EXPECT_EQ(server.request().rfind("OPTIONS rtsp://127.0.0.1:48010 RTSP/1.0\r\n", 0), 0u);
}

}  // namespace
}  // namespace pf::gamestream_client
