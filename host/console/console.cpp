#include "host/console/console.h"

#include <algorithm>

namespace pf::console {
namespace {

constexpr std::string_view kFirstPage = "/index.html";

// Everything from this host, nothing inline, nobody may frame it. Canvas and blob: pictures are the
// console's own; nothing is fetched from elsewhere.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

const Asset* find(std::span<const Asset> assets, std::string_view path) {
  const auto at = std::find_if(assets.begin(), assets.end(),
                               [&](const Asset& asset) { return asset.path == path; });
  return at == assets.end() ? nullptr : &*at;
}

// A place of the console's own, not a file: "/", "/devices", "/sessions/3".
bool is_page(std::string_view path) {
  return path.substr(path.rfind('/')).find('.') == std::string_view::npos;
}

// A weight of nought is the only way to refuse gzip while asking for others; "identity" alone does
// too.
bool takes_gzip(const http::Request& request) {
  const auto header = http::find_header(request.headers, "Accept-Encoding");
  if (!header) return true;
  for (const std::string_view name : {"gzip", "*"}) {
    const std::size_t at = header->find(name);
    if (at == std::string_view::npos) continue;
    std::string_view weight = header->substr(at + name.size());
    weight = weight.substr(0, weight.find(','));
    const std::size_t q = weight.find("q=");
    return q == std::string_view::npos ||
           weight.find_first_of("123456789", q) != std::string_view::npos;
  }
  return false;
}

// RFC 9110 section 13.1.2: weakly compared.
bool lists_tag(std::string_view header, std::string_view tag) {
  return header == "*" || header.find(tag) != std::string_view::npos;
}

http::Response with_headers(http::Response response) {
  for (const auto& [name, value] :
       {std::pair("Content-Security-Policy", kPolicy),
        std::pair("X-Content-Type-Options", std::string_view("nosniff")),
        std::pair("Referrer-Policy", std::string_view("no-referrer")),
        std::pair("Cross-Origin-Opener-Policy", std::string_view("same-origin")),
        std::pair("Cross-Origin-Resource-Policy", std::string_view("same-origin"))})
    response.headers.push_back({name, std::string(value)});
  return response;
}

http::Response refusal(int status, std::string_view line) {
  http::Response response = http::text_response(status, line);
  response.headers.push_back({"Cache-Control", "no-store"});
  return with_headers(std::move(response));
}

http::Response file(const http::Request& request, const Asset& asset) {
  http::Response response{
      .headers = {{"Content-Type", std::string(asset.type)},
                  {"ETag", std::string(asset.etag)},
                  {"Vary", "Accept-Encoding"},
                  {"Cache-Control",
                   asset.named_by_contents ? "public, max-age=31536000, immutable" : "no-cache"}}};
  if (lists_tag(request.header("If-None-Match"), asset.etag)) {
    response.status = 304;
  } else {
    response.headers.push_back({"Content-Encoding", "gzip"});
    response.body = std::string(as_text(asset.gzip));
  }
  return with_headers(std::move(response));
}

}  // namespace

bool is_ours(const http::Request& request) noexcept {
  const std::string_view target = request.target;
  return target != "/api" && !target.starts_with("/api/") && !target.starts_with("/api?");
}

http::Response answer(const http::Request& request, std::span<const Asset> assets) {
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = refusal(405, "the console's files are only read");
    response.headers.push_back({"Allow", "GET, HEAD"});
    return response;
  }
  std::string_view path = request.target;
  path = path.substr(0, path.find('?'));
  if (!path.starts_with('/')) return refusal(404, "there is no such file");
  if (assets.empty())
    return refusal(404, "this host was built without its console; its API is at /api/v1");
  const Asset* asset = find(assets, path);
  if (asset == nullptr && is_page(path)) asset = find(assets, kFirstPage);
  if (asset == nullptr) return refusal(404, "there is no such file");
  if (!takes_gzip(request))
    return refusal(406, "the console's files are compressed: send Accept-Encoding: gzip");
  return file(request, *asset);
}

}  // namespace pf::console
