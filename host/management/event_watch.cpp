#include "host/management/event_watch.h"

#include <array>

#include "host/admin/requests.h"

namespace pf::management {
namespace {

using Json = nlohmann::ordered_json;

// Where the answers have lists, and by what their items are known.
struct Watched {
  const char *kind, *request, *list, *key;
};
constexpr std::array kWatched{
    Watched{"session", "sessions", "sessions", "number"},
    Watched{"device", "devices", "devices", "fingerprint"},
    Watched{"knock", "pairing", "knocks", "id"},
    Watched{"pin", "pairing", "pins", "ticket"},
    Watched{"setting", "settings", "settings", "key"},
    Watched{"health", "status", "health", "worker"},
    Watched{"blackbox", "blackbox", "sessions", "session"},
    Watched{"clip", "clips", "clips", "id"},
    Watched{"doctor", "doctor", "rungs", "name"},
    Watched{"library", "library-sources", "sources", "name"},
};
// What changes by itself is no news.
constexpr std::array kIgnored{"duration_s",  "elapsed_s", "for_s", "since_s", "doing",
                              "last_seen_s", "line",      "held",  "cost"};

void ignore_what_moves(Json& item) {
  for (const char* ignored : kIgnored) item.erase(ignored);
  for (Json& member : item)
    if (member.is_object()) ignore_what_moves(member);
}

// {key as text: item}
Json by_key(const Json& list, const char* key) {
  Json items = Json::object();
  for (Json item : list) {
    ignore_what_moves(item);
    const Json& name = item[key];
    const std::string text = name.is_string() ? name.get<std::string>() : name.dump();
    items[text] = std::move(item);
  }
  return items;
}

void compare(const char* kind, const Json& before, const Json& now, EventLog& log) {
  for (const auto& item : now.items()) {
    const auto at = before.find(item.key());
    if (at == before.end())
      log.add(std::string(kind) + ".added", item.value());
    else if (*at != item.value())
      log.add(std::string(kind) + ".changed", item.value());
  }
  for (const auto& item : before.items())
    if (!now.contains(item.key())) log.add(std::string(kind) + ".removed", item.value());
}

}  // namespace

void EventWatch::look(admin::Administration& host, EventLog& log) {
  Json now = Json::object();
  for (const Watched& watched : kWatched) {
    const auto answer = admin::handle(host, watched.request, Json::object());
    now[watched.kind] = answer ? by_key((*answer)[watched.list], watched.key) : Json::object();
  }
  if (!before_.is_null())
    for (const Watched& watched : kWatched)
      compare(watched.kind, before_[watched.kind], now[watched.kind], log);
  before_ = std::move(now);
}

}  // namespace pf::management
