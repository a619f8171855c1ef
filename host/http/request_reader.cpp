#include "host/http/request_reader.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <fmt/format.h>

#include "core/base/check.h"

namespace pf::http {
namespace {

namespace beast = boost::beast;

Response refusal_of(const beast::error_code& error, std::size_t max_header_bytes,
                    std::size_t max_body_bytes) {
  using Kind = beast::http::error;
  if (error == Kind::header_limit)
    return text_response(
        431, fmt::format("the request's header is longer than {} bytes", max_header_bytes));
  if (error == Kind::body_limit)
    return text_response(413,
                         fmt::format("the request's body is longer than {} bytes", max_body_bytes));
  if (error == Kind::bad_version)
    return text_response(505, "this server speaks HTTP/1.1 and HTTP/1.0");
  return text_response(400, "this is no HTTP request");
}

// RFC 9112 section 3.2.2: a server takes the absolute form too. Empty: neither form.
std::string origin_form(std::string_view target) {
  if (target.starts_with('/')) return std::string(target);
  const std::size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return {};
  const std::size_t path = target.find('/', scheme + 3);
  return path == std::string_view::npos ? "/" : std::string(target.substr(path));
}

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

}  // namespace

struct RequestReader::Parser : beast::http::request_parser<beast::http::string_body> {};

RequestReader::RequestReader(std::size_t max_header_bytes, std::size_t max_body_bytes)
    : max_header_bytes_(max_header_bytes), max_body_bytes_(max_body_bytes) {}
RequestReader::~RequestReader() = default;

RequestReader::Progress RequestReader::fail(Response refusal) {
  failed_ = true;
  refusal_ = std::move(refusal);
  parser_.reset();
  waiting_.clear();
  return Progress::failed;
}

RequestReader::Progress RequestReader::parse() {
  if (failed_) return Progress::failed;
  if (parser_ == nullptr) {
    // RFC 9112 section 2.2: a line end too many before a request is forgiven.
    waiting_.erase(0, waiting_.find_first_not_of("\r\n"));
    if (waiting_.empty()) return Progress::between;
    parser_ = std::make_unique<Parser>();
    parser_->header_limit(static_cast<std::uint32_t>(max_header_bytes_));
    parser_->body_limit(max_body_bytes_);
    expectation_seen_ = false;
  }
  while (!parser_->is_done() && !waiting_.empty()) {
    const bool in_header = !parser_->is_header_done();
    beast::error_code error;
    const std::size_t taken = parser_->put(boost::asio::buffer(waiting_), error);
    waiting_.erase(0, taken);
    if (error && error != beast::http::error::need_more)
      return fail(refusal_of(error, max_header_bytes_, max_body_bytes_));
    if (in_header && parser_->is_header_done() && check_header() == Progress::failed)
      return Progress::failed;
    if (error || taken == 0) break;
  }
  if (parser_->is_done()) return Progress::whole;
  return parser_->is_header_done() ? Progress::body : Progress::header;
}

RequestReader::Progress RequestReader::check_header() {
  const auto& message = parser_->get();
  // Beast 1.74 reads beyond the end of some trailers after the last chunk (its own assertion in
  // parse_chunk_header() says so), so it never sees a chunk. Nobody who asks us anything sends
  // them.
  if (message.count(beast::http::field::transfer_encoding) > 0)
    return fail(text_response(411, "send the body in one piece, with its Content-Length"));
  if (origin_form(view(message.target())).empty())
    return fail(text_response(400, "the request's target is no path"));
  const auto hosts = message.equal_range(beast::http::field::host);
  const auto host_count = std::distance(hosts.first, hosts.second);
  if (host_count > 1 || (host_count == 0 && message.version() >= 11))  // RFC 9112 section 3.2
    return fail(text_response(400, "a request has one Host header"));
  return Progress::header;
}

bool RequestReader::take_expectation() {
  if (expectation_seen_ || parser_ == nullptr || !parser_->is_header_done()) return false;
  expectation_seen_ = true;
  return parser_->get().version() >= 11 &&
         beast::iequals(parser_->get()[beast::http::field::expect], "100-continue");
}

RequestReader::Whole RequestReader::take() {
  PF_CHECK(parser_ != nullptr && parser_->is_done());
  auto& message = parser_->get();
  Whole whole;
  whole.keep_alive = message.keep_alive();
  whole.http_1_1 = message.version() >= 11;
  whole.request.method = std::string(view(message.method_string()));
  whole.request.target = origin_form(view(message.target()));
  for (const auto& field : message)
    whole.request.headers.push_back(
        {std::string(view(field.name_string())), std::string(view(field.value()))});
  whole.request.body = std::move(message.body());
  parser_.reset();
  return whole;
}

}  // namespace pf::http
