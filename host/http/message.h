// One HTTP request and its answer, as values (RFC 9110, RFC 9112). Whole ones: bodies are bounded,
// and no handler sees a request before all of it is there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/runtime/unique_fd.h"

namespace pf::http {

struct Header {
  std::string name;
  std::string value;
};

// The value of the first header of this name, in whatever case it is written. Empty: there is none.
std::optional<std::string_view> find_header(const std::vector<Header>& headers,
                                            std::string_view name);

struct Request {
  std::string method;  // "GET", as sent
  std::string target;  // path and query as sent, escapes and all; begins with '/'
  std::vector<Header> headers;
  std::string body;

  Endpoint peer;   // who asks
  Endpoint local;  // the address and port that were asked
  bool over_tls = false;
  // DER, as it was presented: nobody has judged it, but its key is the peer's. Empty: none.
  std::vector<std::byte> client_certificate;

  // Empty where there is no such header.
  std::string_view header(std::string_view name) const {
    return find_header(headers, name).value_or(std::string_view{});
  }
};

// A stretch of a file that is read as the peer takes it, so that its size costs no memory.
struct FileBody {
  std::shared_ptr<const UniqueFd> file;
  std::uint64_t at = 0, bytes = 0;  // it must not shrink meanwhile: the connection would end
};

// The server adds Date, Content-Length and Connection itself, and leaves the body out of answers to
// HEAD. Control characters in header values become spaces.
struct Response {
  int status = 200;
  std::vector<Header> headers;  // Content-Type first of all
  std::string body;
  std::optional<FileBody> file;  // the body, instead
  bool last = false;             // the connection ends with it, even if the peer would ask more
};

// "Not Found"; "Unknown" for a status that is not HTTP's.
std::string_view reason_phrase(int status) noexcept;

// An answer of one line of plain text.
Response text_response(int status, std::string_view line);

}  // namespace pf::http
