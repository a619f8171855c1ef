// Answers as the bytes that leave (RFC 9112 sections 4 to 7).
#pragma once

#include <string>
#include <string_view>

#include "host/http/message.h"

namespace pf::http {

struct AnswerForm {
  bool keep_alive = false;
  bool head_only = false;  // the answer to HEAD
  // `date`: RFC 9110 section 5.6.7, written once a second at most; empty leaves it out.
  std::string_view date;
};

// Header and body; of a body in a file the header alone.
std::string write_answer(const Response& response, const AnswerForm& form);

// The header of an answer without an end. `chunked`: for HTTP/1.1; else the end of the connection
// is the end of the answer.
std::string write_stream_head(const Response& head, bool chunked, std::string_view date);

// Appends `bytes` as one chunk. None is no chunk: that would be the end.
void append_chunk(std::string& to, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::int64_t unix_seconds);

}  // namespace pf::http
