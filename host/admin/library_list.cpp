#include "host/admin/library_list.h"

#include "host/admin/arguments.h"
#include "host/apps/catalogue.h"

namespace pf::admin {
namespace {

using library::ArtKind;
using library::Entry;
using library::SourceState;

Json art_json(const std::optional<library::Art>& art) {
  if (!art) return {};
  return {{"media", library::media_type(art->format)},
          {"width", art->size_px.width},
          {"height", art->size_px.height},
          {"size_bytes", art->size_bytes},
          {"tag", art->tag}};
}

Json entry_json(const Entry& entry, const config::HostConfig& config) {
  Json art = Json::object();
  for (const ArtKind kind : library::kArtKinds)
    art[std::string(library::to_string(kind))] = art_json(entry.picture(kind));
  return {{"id", entry.id},
          {"number", static_cast<std::uint32_t>(apps::id_of(entry, config))},
          {"title", entry.title},
          {"source", entry.source},
          {"command", entry.command},
          {"working_folder", entry.working_folder.empty() ? Json() : Json(entry.working_folder)},
          {"installed", entry.installed},
          {"last_played_s", entry.last_played_s ? Json(*entry.last_played_s) : Json()},
          {"art", std::move(art)}};
}

Json source_json(const SourceState& source) {
  using milli = std::chrono::milliseconds;
  return {
      {"name", source.name},
      {"title", source.title},
      {"state", library::to_string(source.state)},
      {"problem", source.problem.empty() ? Json() : Json(source.problem)},
      {"notes", source.notes},
      {"entries", source.entry_count},
      {"scanned_at_s", date(source.scanned_at)},
      {"took_ms",
       source.scanned_at ? Json(std::chrono::duration_cast<milli>(source.took).count()) : Json()}};
}

}  // namespace

Json library_sources(const library::Shelf& shelf) {
  return {{"scanning", shelf.scanning}, {"sources", list_of(shelf.sources, source_json)}};
}

Json library_list(const library::Shelf& shelf, const config::HostConfig& config) {
  Json list = library_sources(shelf);
  list["entries"] =
      list_of(shelf.entries, [&](const Entry& entry) { return entry_json(entry, config); });
  return list;
}

}  // namespace pf::admin
