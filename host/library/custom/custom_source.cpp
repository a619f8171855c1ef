// The applications of the configuration ([[app]]): what is known of them is known to the host; here
// their pictures are looked at, which may lie anywhere.
#include "host/library/art_file.h"
#include "host/library/source.h"

namespace pf::library::custom {

Result<Found> scan(const Query& query) {
  if (query.custom.empty())
    return fail(ErrorKind::unavailable, "the configuration has no applications");
  Found found;
  for (const CustomApp& app : query.custom) {
    Entry entry;
    entry.id = make_id("custom", app.name);
    entry.source = "custom";
    entry.title = clean_title(app.name, "?");
    entry.command = app.command;
    entry.working_folder = app.working_folder;
    if (!app.image.empty()) {
      auto art = look_at_art(app.image);
      if (art) {
        entry.art[static_cast<std::size_t>(ArtKind::poster)] = *std::move(art);
      } else {
        found.note(fmt::format("\"{}\": {}", app.name, art.error().what));
      }
    }
    found.entries.push_back(std::move(entry));
  }
  return found;
}

}  // namespace pf::library::custom
