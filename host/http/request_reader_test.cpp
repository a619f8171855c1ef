#include "host/http/request_reader.h"

#include <gtest/gtest.h>

namespace pf::http {
namespace {

using Progress = RequestReader::Progress;

constexpr std::size_t kHeaderBytes = 1024, kBodyBytes = 100;

struct Reading {
  RequestReader reader{kHeaderBytes, kBodyBytes};
  Progress feed(std::string_view text) {
    reader.append(as_bytes(text));
    return reader.parse();
  }
  int refused_with(std::string_view text) {
    return feed(text) == Progress::failed ? reader.refusal().status : 0;
  }
};

TEST(RequestReader, TakesARequestByteByByte) {
  Reading reading;
  const std::string text = "PUT /a?b=%20 HTTP/1.1\r\nHost: box\r\nContent-Length: 4\r\n\r\nbody";
  for (std::size_t i = 0; i + 1 < text.size(); ++i)
    ASSERT_LT(reading.feed(text.substr(i, 1)), Progress::whole) << i;
  ASSERT_EQ(reading.feed("y"), Progress::whole);
  const RequestReader::Whole whole = reading.reader.take();
  EXPECT_EQ(whole.request.method, "PUT");
  EXPECT_EQ(whole.request.target, "/a?b=%20");
  EXPECT_EQ(whole.request.header("host"), "box");
  EXPECT_EQ(whole.request.body, "body");
  EXPECT_TRUE(whole.keep_alive);
  EXPECT_EQ(reading.reader.parse(), Progress::between);
}

TEST(RequestReader, GivesPipelinedRequestsOneAfterTheOther) {
  Reading reading;
  reading.feed("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.0\r\n\r\nGET /3");
  EXPECT_EQ(reading.reader.take().request.target, "/1");
  ASSERT_EQ(reading.reader.parse(), Progress::whole);
  const RequestReader::Whole second = reading.reader.take();
  EXPECT_EQ(second.request.target, "/2");
  EXPECT_FALSE(second.keep_alive);
  EXPECT_EQ(reading.reader.parse(), Progress::header);
}

TEST(RequestReader, TakesNoChunks) {
  EXPECT_EQ(
      Reading().refused_with("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "3\r\nabc\r\n0\r\n\r\n"),
      411);
}

TEST(RequestReader, TakesTheAbsoluteForm) {
  Reading reading;
  ASSERT_EQ(reading.feed("GET http://box:1/a/b HTTP/1.1\r\nHost: box\r\n\r\n"), Progress::whole);
  EXPECT_EQ(reading.reader.take().request.target, "/a/b");
}

TEST(RequestReader, SaysOnceThatTheBodyIsWaitedFor) {
  Reading reading;
  ASSERT_EQ(reading.feed(
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n"),
            Progress::body);
  EXPECT_TRUE(reading.reader.take_expectation());
  EXPECT_FALSE(reading.reader.take_expectation());
}

TEST(RequestReader, RefusesTooMuchBeforeItHasCome) {
  EXPECT_EQ(Reading().refused_with("GET / HTTP/1.1\r\nX: " + std::string(kHeaderBytes, 'x')), 431);
  EXPECT_EQ(Reading().refused_with("GET /" + std::string(kHeaderBytes, 'x')), 431);
  EXPECT_EQ(
      Reading().refused_with("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n"),
      413);
}

TEST(RequestReader, RefusesWhatIsNoRequest) {
  EXPECT_EQ(Reading().refused_with("\x16\x03\x01 hello hello hello\r\n\r\n"), 400);
  EXPECT_EQ(Reading().refused_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(Reading().refused_with("GET / HTTP/1.1\r\n\r\n"), 400) << "without a Host";
  EXPECT_EQ(Reading().refused_with("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(Reading().refused_with("CONNECT box:1 HTTP/1.1\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(Reading().refused_with("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
                                   "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
            400)
      << "two lengths";
  EXPECT_EQ(Reading().refused_with("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
            400);
}

TEST(RequestReader, StaysRefused) {
  Reading reading;
  reading.feed("nonsense\r\n\r\n");
  EXPECT_EQ(reading.feed("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Progress::failed);
}

}  // namespace
}  // namespace pf::http
