#include "host/http/answer_text.h"

#include <time.h>

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace pf::http {
namespace {

void append_header(std::string& to, std::string_view name, std::string_view value) {
  to.append(name).append(": ");
  // A line end in a value would begin a header that nobody meant.
  std::transform(value.begin(), value.end(), std::back_inserter(to), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  });
  to += "\r\n";
}

std::string begin(const Response& response, std::string_view date) {
  std::string text =
      fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  if (!date.empty()) append_header(text, "Date", date);
  for (const Header& header : response.headers) append_header(text, header.name, header.value);
  return text;
}

// RFC 9110 section 8.6: these never have a body, and say no length.
bool has_body(int status) noexcept { return status >= 200 && status != 204 && status != 304; }

}  // namespace

std::string write_answer(const Response& response, const AnswerForm& form) {
  std::string text = begin(response, form.date);
  if (has_body(response.status))
    append_header(text, "Content-Length",
                  std::to_string(response.file ? response.file->bytes : response.body.size()));
  append_header(text, "Connection", form.keep_alive ? "keep-alive" : "close");
  text += "\r\n";
  if (has_body(response.status) && !form.head_only) text += response.body;
  return text;
}

std::string write_stream_head(const Response& head, bool chunked, std::string_view date) {
  std::string text = begin(head, date);
  if (chunked) append_header(text, "Transfer-Encoding", "chunked");
  append_header(text, "Connection", "close");
  return text + "\r\n";
}

void append_chunk(std::string& to, std::string_view bytes) {
  if (bytes.empty()) return;
  fmt::format_to(std::back_inserter(to), "{:x}\r\n", bytes.size());
  to.append(bytes).append("\r\n");
}

std::string http_date(std::int64_t unix_seconds) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const time_t seconds = static_cast<time_t>(unix_seconds);
  tm at{};
  gmtime_r(&seconds, &at);
  return fmt::format("{}, {:02} {} {} {:02}:{:02}:{:02} GMT", kDays[at.tm_wday], at.tm_mday,
                     kMonths[at.tm_mon], at.tm_year + 1900, at.tm_hour, at.tm_min, at.tm_sec);
}

}  // namespace pf::http
