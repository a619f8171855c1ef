#include "host/management/art_answer.h"

#include "host/management/problem.h"

namespace pf::management {
namespace {

using library::Picture;

// A browser keeps it and asks each time whether it is still the same (RFC 9111 section 5.2.2.4):
// nobody else's cache does.
http::Response with_tag(http::Response response, const std::string& tag) {
  response.headers.push_back({"ETag", tag});
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  return response;
}

http::Response response_of(const Result<std::shared_ptr<const Picture>>& told,
                           const std::string& tag) {
  if (told)
    return with_tag(
        {.status = 200, .headers = {{"Content-Type", (*told)->media_type}}, .body = (*told)->bytes},
        tag);
  const Error& error = told.error();
  if (error.kind == ErrorKind::timed_out) return problem(503, "not_answering", error.what);
  if (error.kind == ErrorKind::exhausted) return problem(503, "busy", error.what);
  // It has changed since it was looked at: there is none such any more.
  return problem(404, "not_found", error.what);
}

}  // namespace

Answer art_answer(const admin::LibraryControl& control, const ArtRequest& request) {
  const auto shelf = control.now ? control.now() : nullptr;
  const auto kind = library::parse_art_kind(request.kind);
  const library::Entry* const entry = shelf ? shelf->find(request.entry) : nullptr;
  if (!kind || entry == nullptr || !entry->picture(*kind))
    return problem(404, "not_found", "there is no such picture");
  const std::string tag = '"' + entry->picture(*kind)->tag + '"';
  if (request.known_tags.find(tag) != std::string::npos)
    return with_tag({.status = 304, .headers = {}, .body = {}}, tag);
  return Later{
      [control, tag, id = entry->id, kind = *kind](std::function<void(http::Response)> send) {
        control.art({.entry = id,
                     .kind = kind,
                     .answer = [send = std::move(send),
                                tag](const Result<std::shared_ptr<const Picture>>& told) {
                       send(response_of(told, tag));
                     }});
      }};
}

}  // namespace pf::management
