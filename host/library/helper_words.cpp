#include "host/library/helper_words.h"

#include <nlohmann/json.hpp>

namespace pf::library {
namespace {

using Json = nlohmann::json;
using Texts = std::vector<std::string>;

constexpr std::array kErrorKinds{ErrorKind::unavailable, ErrorKind::lost,      ErrorKind::timed_out,
                                 ErrorKind::refused,     ErrorKind::malformed, ErrorKind::exhausted,
                                 ErrorKind::internal};

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// --- What is there, and of the type that is wanted; else what an empty one is.

template <class T>
T get(const Json& object, const char* name) {
  const auto at = object.find(name);
  if (at == object.end()) return {};
  if constexpr (std::is_same_v<T, std::string>) {
    return at->is_string() ? at->template get<std::string>() : T();
  } else if constexpr (std::is_same_v<T, bool>) {
    return at->is_boolean() && at->template get<bool>();
  } else if constexpr (std::is_same_v<T, Texts>) {
    T texts;
    for (const Json& item : at->is_array() ? *at : Json::array())
      if (item.is_string()) texts.push_back(item.get<std::string>());
    return texts;
  } else {
    return at->is_number_integer() ? at->template get<T>() : T();
  }
}

Json list_in(const Json& object, const char* name) {
  const auto at = object.find(name);
  return at != object.end() && at->is_array() ? *at : Json::array();
}

Result<Json> parse(std::string_view text) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return fail(ErrorKind::malformed, "it is no JSON object");
  return json;
}

// --- Wishes.

Json to_json(const Places& places) {
  return {{"home", places.home},
          {"data_home", places.data_home},
          {"config_home", places.config_home},
          {"cache_home", places.cache_home},
          {"data_dirs", places.data_dirs},
          {"flatpak_system", places.flatpak_system}};
}

Places places_from(const Json& json) {
  return {.home = get<std::string>(json, "home"),
          .data_home = get<std::string>(json, "data_home"),
          .config_home = get<std::string>(json, "config_home"),
          .cache_home = get<std::string>(json, "cache_home"),
          .data_dirs = get<Texts>(json, "data_dirs"),
          .flatpak_system = get<std::string>(json, "flatpak_system")};
}

Json to_json(const CustomApp& app) {
  return {{"name", app.name},
          {"command", app.command},
          {"working_folder", app.working_folder},
          {"image", app.image}};
}

Json to_json(const ScanWish& wish) {
  Json apps = Json::array();
  for (const CustomApp& app : wish.query.custom) apps.push_back(to_json(app));
  return {{"scan", wish.source},
          {"places", to_json(wish.query.places)},
          {"all_desktop_entries", wish.query.all_desktop_entries},
          {"custom", std::move(apps)}};
}

Json to_json(const ArtWish& wish) { return {{"art", wish.path}, {"as_png", wish.as_png}}; }

ScanWish scan_from(const Json& json) {
  ScanWish wish{.source = get<std::string>(json, "scan"), .query = {}};
  if (const auto at = json.find("places"); at != json.end() && at->is_object())
    wish.query.places = places_from(*at);
  wish.query.all_desktop_entries = get<bool>(json, "all_desktop_entries");
  for (const Json& app : list_in(json, "custom")) {
    if (!app.is_object()) continue;
    wish.query.custom.push_back({.name = get<std::string>(app, "name"),
                                 .command = get<Texts>(app, "command"),
                                 .working_folder = get<std::string>(app, "working_folder"),
                                 .image = get<std::string>(app, "image")});
  }
  return wish;
}

// --- Answers.

std::string answer(Json head, std::string_view body) {
  head["bytes"] = body.size();
  return dump(head) + "\n" + std::string(body);
}

std::string error_answer(const Error& error) {
  return answer({{"error", to_string(error.kind)}, {"what", error.what}}, {});
}

Error error_from(const Json& head) {
  Error error{ErrorKind::internal, get<std::string>(head, "what"), 0};
  for (const ErrorKind kind : kErrorKinds)
    if (get<std::string>(head, "error") == to_string(kind)) error.kind = kind;
  return error;
}

struct Answer {
  Json head;
  std::string_view body;
};

Result<Answer> split(std::string_view text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos)
    return fail(ErrorKind::malformed, "its reader ended without an answer");
  PF_TRY(Json head, parse(text.substr(0, end)));
  if (head.contains("error")) return tl::unexpected(error_from(head));
  const std::string_view body = text.substr(end + 1);
  if (get<std::uint64_t>(head, "bytes") != body.size())
    return fail(ErrorKind::malformed, "its reader ended within its answer");
  return Answer{std::move(head), body};
}

Json to_json(const Art& art) {
  return {{"path", art.path},           {"media", media_type(art.format)},
          {"width", art.size_px.width}, {"height", art.size_px.height},
          {"bytes", art.size_bytes},    {"tag", art.tag}};
}

std::optional<Art> art_from(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto format = parse_media_type(get<std::string>(json, "media"));
  Art art{.path = get<std::string>(json, "path"),
          .format = format.value_or(ImageFormat::png),
          .size_px = {get<std::uint32_t>(json, "width"), get<std::uint32_t>(json, "height")},
          .size_bytes = get<std::uint64_t>(json, "bytes"),
          .tag = get<std::string>(json, "tag")};
  if (!format || !art.path.starts_with('/') || art.tag.size() != 16) return std::nullopt;
  return art;
}

Json to_json(const Entry& entry) {
  Json art = Json::object();
  for (const ArtKind kind : kArtKinds)
    if (entry.picture(kind)) art[std::string(to_string(kind))] = to_json(*entry.picture(kind));
  return {{"id", entry.id},
          {"title", entry.title},
          {"command", entry.command},
          {"working_folder", entry.working_folder},
          {"installed", entry.installed},
          {"last_played_s", entry.last_played_s ? Json(*entry.last_played_s) : Json()},
          {"art", std::move(art)},
          {"stands_for", entry.stands_for}};
}

// Empty: nothing that could be listed and started.
std::optional<Entry> entry_from(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  Entry entry;
  entry.id = get<std::string>(json, "id");
  entry.source = entry.id.substr(0, entry.id.find(':'));
  entry.title = clean_title(get<std::string>(json, "title"), entry.id);
  entry.command = get<Texts>(json, "command");
  entry.working_folder = get<std::string>(json, "working_folder");
  entry.installed = get<bool>(json, "installed");
  if (const auto at_s = get<std::int64_t>(json, "last_played_s"); at_s > 0)
    entry.last_played_s = at_s;
  entry.stands_for = get<std::string>(json, "stands_for");
  if (const auto art = json.find("art"); art != json.end() && art->is_object())
    for (const ArtKind kind : kArtKinds)
      if (const auto at = art->find(std::string(to_string(kind))); at != art->end())
        entry.art[static_cast<std::size_t>(kind)] = art_from(*at);
  if (entry.id.size() > kMaxIdBytes || entry.command.empty()) return std::nullopt;
  return entry;
}

}  // namespace

std::string write_wish(const Wish& wish) {
  Json json = std::visit([](const auto& what) { return to_json(what); }, wish.what);
  json["user"] = wish.user;
  return dump(json);
}

Result<Wish> parse_wish(std::string_view text) {
  PF_TRY(const Json json, parse(text));
  Wish wish{.user = get<std::string>(json, "user"), .what = {}};
  if (json.contains("art")) {
    wish.what = ArtWish{get<std::string>(json, "art"), get<bool>(json, "as_png")};
  } else {
    wish.what = scan_from(json);
  }
  return wish;
}

std::string write_found(const Result<Found>& found) {
  if (!found) return error_answer(found.error());
  Json entries = Json::array();
  for (const Entry& entry : found->entries) entries.push_back(to_json(entry));
  return answer(Json::object(), dump({{"entries", std::move(entries)}, {"notes", found->notes}}));
}

std::string write_picture(const Result<Picture>& picture) {
  if (!picture) return error_answer(picture.error());
  return answer({{"media", picture->media_type}}, picture->bytes);
}

Result<Found> parse_found(std::string_view text) {
  PF_TRY(const Answer told, split(text));
  PF_TRY(const Json json, parse(told.body));
  Found found;
  for (const Json& item : list_in(json, "entries")) {
    if (found.entries.size() >= kMaxEntries) break;
    if (auto entry = entry_from(item)) found.entries.push_back(*std::move(entry));
  }
  for (std::string& note : get<Texts>(json, "notes")) found.note(std::move(note));
  return found;
}

Result<Picture> parse_picture(std::string_view text) {
  PF_TRY(const Answer told, split(text));
  Picture picture{.media_type = get<std::string>(told.head, "media"),
                  .bytes = std::string(told.body)};
  if (!parse_media_type(picture.media_type))
    return fail(ErrorKind::malformed, "its reader sent no picture");
  return picture;
}

}  // namespace pf::library
