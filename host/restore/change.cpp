#include "host/restore/change.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace pf::restore {
namespace {

using Json = nlohmann::ordered_json;

bool is_text(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() &&
         at->get_ref<const std::string&>().size() <= kMaxChangeTextBytes;
}

std::optional<Change> parse_change(const Json& object) {
  if (!object.is_object() || !is_text(object, "setting") || !is_text(object, "place") ||
      !is_text(object, "ours") || !object.contains("before"))
    return std::nullopt;
  Change change{.setting = object["setting"].get<std::string>(),
                .place = object["place"].get<std::string>(),
                .before = std::nullopt,
                .ours = object["ours"].get<std::string>()};
  if (object["before"].is_null()) return change;
  if (!is_text(object, "before")) return std::nullopt;
  change.before = object["before"].get<std::string>();
  return change;
}

}  // namespace

std::string write_changes(const std::vector<Change>& changes) {
  Json list = Json::array();
  for (const Change& change : changes) {
    list.push_back({{"setting", change.setting},
                    {"place", change.place},
                    {"before", change.before ? Json(*change.before) : Json()},
                    {"ours", change.ours}});
  }
  const Json file{{"version", 1}, {"changes", std::move(list)}};
  // Names come from the system and need not be UTF-8.
  return file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<Change>> parse_changes(std::string_view text) {
  const Json file = Json::parse(text, nullptr, false);
  if (!file.is_object() || file.value("version", Json()) != 1 || !file.contains("changes") ||
      !file["changes"].is_array() || file["changes"].size() > kMaxChanges)
    return fail(ErrorKind::malformed, "it is no undo journal of version 1");
  std::vector<Change> changes;
  for (const Json& object : file["changes"]) {
    auto change = parse_change(object);
    if (!change) return fail(ErrorKind::malformed, "entry {} makes no sense", changes.size());
    changes.push_back(*std::move(change));
  }
  return changes;
}

}  // namespace pf::restore
