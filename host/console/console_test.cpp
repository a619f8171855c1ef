#include "host/console/console.h"

#include <gtest/gtest.h>

namespace pf::console {
namespace {

bool holds(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

std::vector<Asset> some_assets() {
  return {{.path = "/index.html",
           .type = "text/html; charset=utf-8",
           .etag = "\"page\"",
           .gzip = as_bytes("packed page")},
          {.path = "/assets/main-1a2b.js",
           .type = "text/javascript",
           .etag = "\"main\"",
           .gzip = as_bytes("packed script"),
           .named_by_contents = true}};
}

http::Request get(std::string target, std::vector<http::Header> headers = {}) {
  return {.method = "GET", .target = std::move(target), .headers = std::move(headers)};
}

http::Response ask(const http::Request& request) {
  static const std::vector<Asset> assets = some_assets();
  return answer(request, assets);
}

std::string header(const http::Response& response, std::string_view name) {
  return std::string(http::find_header(response.headers, name).value_or("(none)"));
}

TEST(Console, LeavesTheApiToTheApi) {
  for (const char* target : {"/api", "/api/v1/host", "/api?x", "/api/nothing"})
    EXPECT_FALSE(is_ours(get(target))) << target;
  for (const char* target : {"/", "/apiary", "/index.html", "/devices", "*"})
    EXPECT_TRUE(is_ours(get(target))) << target;
}

TEST(Console, SendsFilesCompressedWithTheirTypeAndTag) {
  const http::Response response = ask(get("/assets/main-1a2b.js?x=1"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "packed script");
  EXPECT_EQ(header(response, "Content-Type"), "text/javascript");
  EXPECT_EQ(header(response, "Content-Encoding"), "gzip");
  EXPECT_EQ(header(response, "ETag"), "\"main\"");
}

TEST(Console, KeepsForEverOnlyWhatIsNamedByItsContents) {
  EXPECT_TRUE(holds(header(ask(get("/assets/main-1a2b.js")), "Cache-Control"), "immutable"))
      << header(ask(get("/assets/main-1a2b.js")), "Cache-Control");
  EXPECT_EQ(header(ask(get("/")), "Cache-Control"), "no-cache");
}

TEST(Console, SendsNothingToWhoHasIt) {
  const http::Response response = ask(get("/", {{"If-None-Match", "W/\"old\", \"page\""}}));
  EXPECT_EQ(response.status, 304);
  EXPECT_TRUE(response.body.empty());
  EXPECT_EQ(header(response, "ETag"), "\"page\"");
  EXPECT_EQ(ask(get("/", {{"If-None-Match", "\"old\""}})).status, 200);
}

TEST(Console, AnswersPlacesOfItsOwnRouterWithTheFirstPage) {
  for (const char* target : {"/", "/devices", "/sessions/3", "/settings?search=a.b"})
    EXPECT_EQ(ask(get(target)).body, "packed page") << target;
}

TEST(Console, HasNoFilesButItsOwn) {
  for (const char* target : {"/assets/gone-9.js", "/favicon.ico", "/../etc/passwd.txt",
                             "/assets/%2e%2e/index.html", "/.env", "*", ""})
    EXPECT_EQ(ask(get(target)).status, 404) << target;
}

TEST(Console, LetsNoForeignOrInlineScriptRun) {
  for (const char* target : {"/", "/assets/main-1a2b.js", "/gone.js"}) {
    const std::string policy = header(ask(get(target)), "Content-Security-Policy");
    EXPECT_TRUE(holds(policy, "default-src 'none'; script-src 'self';")) << policy;
    EXPECT_TRUE(holds(policy, "frame-ancestors 'none'")) << policy;
    EXPECT_FALSE(holds(policy, "unsafe")) << policy;
  }
}

TEST(Console, IsOnlyRead) {
  http::Request request = get("/");
  request.method = "POST";
  const http::Response response = ask(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(header(response, "Allow"), "GET, HEAD");
}

TEST(Console, TellsWhoRefusesGzipThatThereIsNothingElse) {
  for (const char* refused : {"identity", "br", "gzip;q=0", "gzip;q=0.0, br", ""})
    EXPECT_EQ(ask(get("/", {{"Accept-Encoding", refused}})).status, 406) << refused;
  for (const char* taken : {"gzip", "gzip, deflate, br, zstd", "br;q=1, gzip;q=0.5", "*"})
    EXPECT_EQ(ask(get("/", {{"Accept-Encoding", taken}})).status, 200) << taken;
}

TEST(Console, SaysWhenItWasNotBuilt) {
  const http::Response response = answer(get("/"), {});
  EXPECT_EQ(response.status, 404);
  EXPECT_TRUE(holds(response.body, "without its console")) << response.body;
}

// Of this very build: what the first page asks for is there.
TEST(Console, HasWhatItsFirstPageAsksFor) {
  if (built_in_assets().empty()) GTEST_SKIP() << "built with PF_CONSOLE=OFF";
  const http::Response page = answer(get("/"), built_in_assets());
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body.substr(0, 2), "\x1f\x8b");  // RFC 1952 section 2.3.1
  for (const Asset& asset : built_in_assets()) {
    EXPECT_EQ(asset.named_by_contents, asset.path.starts_with("/assets/")) << asset.path;
    EXPECT_FALSE(asset.gzip.empty()) << asset.path;
  }
}

}  // namespace
}  // namespace pf::console
