#include "host/http/message.h"

#include <gtest/gtest.h>

namespace pf::http {
namespace {

TEST(Message, FindsHeadersInWhateverCaseTheyAreWritten) {
  const Request request{.headers = {{"Content-TYPE", "text/xml"}, {"content-type", "other"}}};
  EXPECT_EQ(request.header("content-type"), "text/xml");
  EXPECT_EQ(request.header("Content"), "");
  EXPECT_FALSE(find_header(request.headers, "Content").has_value());
}

TEST(Message, SaysWhatAStatusMeans) {
  EXPECT_EQ(reason_phrase(412), "Precondition Failed");
  EXPECT_EQ(reason_phrase(299), "Unknown");
  EXPECT_EQ(text_response(404, "nothing here").body, "nothing here\n");
}

}  // namespace
}  // namespace pf::http
