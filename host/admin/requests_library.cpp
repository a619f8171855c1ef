#include <array>

#include "host/admin/arguments.h"
#include "host/admin/library_list.h"
#include "host/admin/request_tables.h"

namespace pf::admin {
namespace {

// Who looks at the list wants what was installed since; what is younger will do.
constexpr Nanos kFresh = seconds(60);

Result<std::shared_ptr<const library::Shelf>> shelf_of(const Administration& host) {
  const LibraryControl& library = host.controls().library;
  if (!library.now) return fail(ErrorKind::unavailable, "this host has no library");
  return library.now();
}

Result<Json> library_now(Administration& host) {
  PF_TRY(const auto shelf, shelf_of(host));
  return library_list(*shelf, host.settings().now()->in_force);
}

Result<Json> list_library(Administration& host, const Json&) {
  if (const auto& look = host.controls().library.look) look(kFresh);
  return library_now(host);
}

Result<Json> sources(Administration& host, const Json&) {
  PF_TRY(const auto shelf, shelf_of(host));
  return library_sources(*shelf);
}

Result<Json> scan(Administration& host, const Json&) {
  if (const auto& begin = host.controls().library.scan) begin();
  return library_now(host);
}

}  // namespace

std::span<const Request> library_requests() {
  static const std::array rows{
      Request{"library",
              "The games and programs that were found on this machine, and the applications of the "
              "configuration.",
              {},
              list_library},
      Request{
          "library-sources", "Where the library comes from, and how each source is.", {}, sources},
      Request{
          "scan-library", "Looks again at all sources; the answer is what is known now.", {}, scan},
  };
  return rows;
}

}  // namespace pf::admin
