#include "host/management/clip_video.h"

#include "host/blackbox/blackbox.h"
#include "host/http/byte_range.h"
#include "host/management/problem.h"

namespace pf::management {

http::Response clip_video(admin::Administration& host, const http::Request& request,
                          std::string_view clip) {
  blackbox::BlackBox* const box = host.controls().blackbox;
  if (box == nullptr) return problem({ErrorKind::unavailable, "this host has no black box", 0});
  auto opened = box->clips().open_video(clip);
  if (!opened) return problem(opened.error());
  const auto& [facts, file] = *opened;
  http::Response response{
      .status = 200, .headers = {{"Content-Type", "video/x-matroska"}, {"Accept-Ranges", "bytes"}}};
  http::FileBody body{.file = nullptr, .at = 0, .bytes = facts.bytes};
  // A clip never changes, so a condition on the range always holds.
  const auto range = http::parse_range(request.header("Range"), facts.bytes);
  if (std::holds_alternative<http::NoSuchRange>(range)) {
    response = problem(416, "no_such_range", "the clip is shorter than that");
    response.headers.push_back({"Content-Range", fmt::format("bytes */{}", facts.bytes)});
    return response;
  }
  if (const auto* part = std::get_if<http::ByteRange>(&range)) {
    response.status = 206;
    response.headers.push_back(
        {"Content-Range", fmt::format("bytes {}-{}/{}", part->first, part->last, facts.bytes)});
    body.at = part->first;
    body.bytes = part->last - part->first + 1;
  }
  response.headers.push_back(
      {"Content-Disposition", fmt::format("attachment; filename=\"{}.mkv\"", facts.id)});
  body.file = std::make_shared<const UniqueFd>(std::move(opened->second));
  response.file = std::move(body);
  return response;
}

}  // namespace pf::management
