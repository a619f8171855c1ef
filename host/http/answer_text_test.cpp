#include "host/http/answer_text.h"

#include <gtest/gtest.h>

namespace pf::http {
namespace {

TEST(AnswerText, WritesAWholeAnswer) {
  EXPECT_EQ(write_answer({.headers = {{"Content-Type", "text/plain"}}, .body = "hello"},
                         {.keep_alive = true, .date = "today"}),
            "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
            "Connection: keep-alive\r\n\r\nhello");
}

TEST(AnswerText, SaysToHeadHowLongTheBodyWouldBe) {
  EXPECT_EQ(write_answer({.body = "hello"}, {.head_only = true}),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
}

TEST(AnswerText, GivesNoContentNoLength) {
  EXPECT_EQ(write_answer({.status = 204}, {}),
            "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
}

TEST(AnswerText, LetsNoValueBeginAHeader) {
  EXPECT_EQ(write_answer({.status = 204, .headers = {{"X", "a\r\nEvil: b"}}}, {}),
            "HTTP/1.1 204 No Content\r\nX: a  Evil: b\r\nConnection: close\r\n\r\n");
}

TEST(AnswerText, WritesChunks) {
  std::string text;
  append_chunk(text, "0123456789abcdef");
  append_chunk(text, "");
  EXPECT_EQ(text, "10\r\n0123456789abcdef\r\n");
}

TEST(AnswerText, WritesDates) { EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

}  // namespace
}  // namespace pf::http
