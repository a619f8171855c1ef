#include "host/library/heroic/stores.h"

#include <ctime>

#include <algorithm>
#include <array>
#include <cstdio>

#include <nlohmann/json.hpp>

#include "host/library/entry.h"

namespace pf::library::heroic {
namespace {

using Json = nlohmann::json;

// The library's parser is recursive when it destroys what it made; the files of Heroic have
// depth 6.
constexpr int kMaxDepth = 64;

Result<Json> parse(std::string_view text) {
  bool too_deep = false;
  Json json = Json::parse(
      text,
      [&](int depth, Json::parse_event_t, Json&) {
        too_deep |= depth > kMaxDepth;
        return depth <= kMaxDepth;
      },
      /*allow_exceptions=*/false);
  if (json.is_discarded() || too_deep)
    return fail(ErrorKind::malformed, "it is no JSON of Heroic's");
  return json;
}

// A text; of a number its digits, since stores write ids either way. Empty: neither.
std::string text(const Json& object, const char* name) {
  if (!object.is_object()) return {};
  const auto at = object.find(name);
  if (at == object.end()) return {};
  if (at->is_string()) return at->get<std::string>();
  return at->is_number_unsigned() ? at->dump() : std::string();
}

template <std::size_t count>
std::string first_text(const Json& object, const std::array<const char*, count>& names) {
  for (const char* name : names)
    if (std::string found = text(object, name); !found.empty()) return found;
  return {};
}

const Json* list_in(const Json& json) {
  if (json.is_array()) return &json;
  if (!json.is_object()) return nullptr;
  for (const char* name : {"library", "games", "installed"}) {
    const auto at = json.find(name);
    if (at != json.end() && at->is_array()) return &*at;
  }
  return nullptr;
}

constexpr std::array kIds{"app_name", "appName", "id"};

Game game_of(const Json& item) {
  // nile's list has what it knows one level below.
  const auto product = item.is_object() ? item.find("product") : item.end();
  const Json& known = item.is_object() && product != item.end() ? *product : item;
  Game game{.app_name = first_text(known, kIds),
            .title = text(known, "title"),
            .poster = first_text(known, std::array{"art_square", "art_cover"}),
            .hero = first_text(known, std::array{"art_background", "art_cover"}),
            .installed = false};
  if (known.is_object()) {
    const auto flag = known.find("is_installed");
    game.installed = flag != known.end() && flag->is_boolean() && flag->get<bool>();
  }
  return game;
}

// "2024-03-01T20:15:00.000Z", as JavaScript writes it.
// 0: no such date.
std::int64_t seconds_of(const std::string& date) {
  std::tm parts{};
  if (std::sscanf(date.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6)
    return 0;
  if (parts.tm_year < 1970 || parts.tm_mon < 1 || parts.tm_mon > 12) return 0;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return std::max<std::int64_t>(timegm(&parts), 0);
}

}  // namespace

Result<std::vector<Game>> parse_games(std::string_view json) {
  PF_TRY(const Json file, parse(json));
  const Json* const list = list_in(file);
  if (list == nullptr) return fail(ErrorKind::malformed, "it has no list of games");
  std::vector<Game> games;
  for (const Json& item : *list) {
    if (games.size() >= kMaxEntries) break;
    Game game = game_of(item);
    if (!game.app_name.empty()) games.push_back(std::move(game));
  }
  return games;
}

Result<std::map<std::string, std::string>> parse_installed(std::string_view json) {
  PF_TRY(const Json file, parse(json));
  std::map<std::string, std::string> installed;
  if (const Json* const list = list_in(file)) {
    for (const Json& item : *list) {
      const std::string id = first_text(item, kIds);
      if (!id.empty() && installed.size() < kMaxEntries) installed[id] = text(item, "title");
    }
    return installed;
  }
  if (!file.is_object()) return fail(ErrorKind::malformed, "it has no list of games");
  for (const auto& item : file.items())
    if (item.value().is_object() && installed.size() < kMaxEntries)
      installed[item.key()] = text(item.value(), "title");
  return installed;
}

Result<std::map<std::string, std::int64_t>> parse_played(std::string_view json) {
  PF_TRY(const Json file, parse(json));
  if (!file.is_object()) return fail(ErrorKind::malformed, "it has no times");
  std::map<std::string, std::int64_t> played;
  for (const auto& item : file.items())
    if (const auto at_s = seconds_of(text(item.value(), "lastPlayed")); at_s > 0)
      if (played.size() < kMaxEntries) played[item.key()] = at_s;
  return played;
}

}  // namespace pf::library::heroic
