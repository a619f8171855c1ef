#include "host/library/helper/grant_wish.h"

#include "host/library/helper/picture_file.h"
#include "host/library/helper/places.h"
#include "host/library/helper_words.h"

namespace pf::library {
namespace {

struct Source {
  std::string_view name;
  Scan scan;
};
#define PF_SCAN_SOURCE(folder, title) Source{#folder, folder::scan},
constexpr std::array kScans{PF_LIBRARY_SOURCES(PF_SCAN_SOURCE)};
#undef PF_SCAN_SOURCE

Result<Found> scan(const ScanWish& wish) {
  for (const Source& source : kScans)
    if (source.name == wish.source) return source.scan(wish.query);
  return fail(ErrorKind::malformed, "there is no source '{}'", wish.source);
}

std::string grant(const Wish& wish, const ArtWish& art) {
  if (!wish.user.empty())
    if (const auto places = become(wish.user); !places)
      return write_picture(tl::unexpected(places.error()));
  return write_picture(load_picture(art.path, art.as_png));
}

std::string grant(const Wish& wish, ScanWish what) {
  if (!wish.user.empty()) {
    auto places = become(wish.user);
    if (!places) return write_found(tl::unexpected(places.error()));
    what.query.places = *std::move(places);
  }
  return write_found(scan(what));
}

}  // namespace

std::string grant(std::string_view text) {
  const auto wish = parse_wish(text);
  if (!wish) return write_found(tl::unexpected(wish.error()));
  return std::visit([&](const auto& what) { return grant(*wish, what); }, wish->what);
}

}  // namespace pf::library
