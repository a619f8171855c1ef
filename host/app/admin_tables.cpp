#include "host/app/admin_tables.h"

#include "host/app/json_text.h"

#include <ctime>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;

std::int64_t number(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
}
const Json& list(const Json& json, const char* key) {
  static const Json none = Json::array();
  const auto at = json.find(key);
  return at != json.end() && at->is_array() ? *at : none;
}

std::string short_fingerprint(const Json& json) {
  return json_text(json, "fingerprint").substr(0, 12);
}

std::string date(const Json& json, const char* key, const char* otherwise) {
  if (number(json, key) == 0) return otherwise;
  return fmt::format("{:%Y-%m-%d %H:%M}",
                     fmt::localtime(static_cast<std::time_t>(number(json, key))));
}

std::string grants(const Json& device) {
  constexpr std::size_t kAll = 6;
  std::string names;
  for (const Json& name : list(device, "grants"))
    names += (names.empty() ? "" : ",") + name.get<std::string>();
  if (list(device, "grants").size() == kAll) return "everything";
  return names.empty() ? "watch only" : names;
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      out += fmt::format("{:<{}}  ", row[i], widths[i]);
    out += row.back() + "\n";
  }
  return out;
}

std::string sound_place(const Json& device, const char* by_default) {
  const Json place = device.value("play_on", Json());
  return place.is_string() ? place.get<std::string>() : by_default;
}

std::string devices(const Json& answer) {
  if (list(answer, "devices").empty())
    return "No device is paired yet. Pair one: punktfunk-host pair\n";
  std::vector<std::vector<std::string>> rows{
      {"NAME", "KIND", "FINGERPRINT", "MAY USE", "SOUND", "UNTIL", "LAST SEEN"}};
  for (const Json& one : list(answer, "devices")) {
    rows.push_back({json_text(one, "name"), json_text(one, "kind"), short_fingerprint(one),
                    grants(one), sound_place(one, "-"),
                    date(one, "expires_at_s", "-") + (one.value("expired", false) ? " (over)" : ""),
                    date(one, "last_seen_s", "never")});
  }
  return table(rows);
}

std::string sessions(const Json& answer) {
  if (list(answer, "sessions").empty()) return "Nobody is connected.\n";
  std::vector<std::vector<std::string>> rows{
      {"NUMBER", "DEVICE", "ADDRESS", "MODE", "KBIT/S", "FOR", "STATE"}};
  for (const Json& one : list(answer, "sessions")) {
    rows.push_back({json_text(one, "number"), json_text(one, "device"), json_text(one, "address"),
                    json_text(one, "mode"), json_text(one, "bitrate_kbps"),
                    span_text(number(one, "duration_s")), json_text(one, "state")});
  }
  return table(rows);
}

std::string knocks(const Json& all) {
  std::string out;
  for (const Json& one : all) {
    out += fmt::format("waits for approval: \"{}\" at {}, {}; punktfunk-host approve {}\n",
                       json_text(one, "name"), json_text(one, "from"),
                       span_text(number(one, "since_s")), json_text(one, "id"));
  }
  return out;
}

std::string health(const Json& parts) {
  std::vector<std::vector<std::string>> rows{{"PART", "HEALTH", "FOR", "WHAT IS DONE", "REASON"}};
  for (const Json& one : parts) {
    const bool works = json_text(one, "health") == "working";
    const std::int64_t reopened = number(one, "reopened");
    const std::string before =
        works && reopened > 0
            ? fmt::format("opened anew {}; last: ",
                          reopened == 1 ? "once" : fmt::format("{} times", reopened))
            : "";
    rows.push_back({json_text(one, "worker"), json_text(one, "health"),
                    span_text(number(one, "for_s")), json_text(one, "doing"),
                    works && reopened == 0 ? "" : before + json_text(one, "reason")});
  }
  return table(rows);
}

// Empty: the host offers none.
std::string microphone(const Json& status) {
  if (!status.is_object()) return "";
  const auto yes = [&status](const char* key) { return status.value(key, false); };
  std::string line = "microphone   ";
  if (!yes("open")) return line + "waits for a sound server\n";
  line += yes("recorded") ? "recorded by a program" : "nobody records";
  if (yes("muted")) line += ", muted";
  if (status.value("session", Json()).is_null()) return line + ", nobody speaks\n";
  return line + fmt::format(", session {} speaks at {} dBFS\n", json_text(status, "session"),
                            json_text(status, "level_dbfs"));
}

std::string status(const Json& answer) {
  std::string out = fmt::format(
      "{} ({}), punktfunk-host {}, up for {}\naddress      {}\nfingerprint  {}\n{} connected, {} "
      "paired{}{}\n",
      json_text(answer, "name"), json_text(answer, "id").substr(0, 8), json_text(answer, "version"),
      span_text(number(answer, "uptime_s")), json_text(answer, "address"),
      json_text(answer, "fingerprint"), number(answer, "sessions"), number(answer, "devices"),
      answer.value("pairing_armed", false) ? ", a PIN waits to be used" : "",
      answer.value("open", false) ? ", open to devices that never paired" : "");
  if (const std::string address = json_text(answer, "gamestream"); !address.empty())
    out += fmt::format("gamestream   {}, for Moonlight clients\n", address);
  out += microphone(answer.value("microphone", Json()));
  if (answer.contains("pairing")) {
    out += knocks(list(answer["pairing"], "knocks"));
    out += pins_text(list(answer["pairing"], "pins"));
  }
  return out + health(list(answer, "health"));
}

std::string origin(const Json& setting) {
  const std::string from = json_text(setting, "origin");
  const std::string waits = setting.value("waits_for_restart", false) ? ", another waits" : "";
  if (from == "command_line") return "command line" + waits;
  return (from == "file" ? "line " + json_text(setting, "line") : from) + waits;
}

std::string settings(const Json& answer) {
  std::vector<std::vector<std::string>> rows{
      {"SETTING", "VALUE", "UNIT", "DEFAULT", "COMES FROM", "A CHANGE COUNTS"}};
  for (const Json& one : list(answer, "settings")) {
    const std::string value = json_text(one, "value"), otherwise = json_text(one, "default");
    rows.push_back({json_text(one, "key"), value, json_text(one, "unit"),
                    value == otherwise ? "" : otherwise, origin(one),
                    json_text(one, "takes_effect")});
  }
  std::string out = table(rows);
  if (const std::string file = json_text(answer, "file"); !file.empty())
    out += "\nfile  " + file + "\n";
  if (const std::string problem = json_text(answer, "problem"); !problem.empty())
    out += fmt::format("      which is not in force: {}\n", problem);
  return out;
}

std::string tokens(const Json& answer) {
  if (list(answer, "tokens").empty())
    return "There is no token yet. Make one: punktfunk-host token create NAME --scope read\n";
  std::vector<std::vector<std::string>> rows{{"ID", "NAME", "SCOPE", "MADE", "UNTIL"}};
  for (const Json& one : list(answer, "tokens")) {
    rows.push_back(
        {json_text(one, "id"), json_text(one, "name"), json_text(one, "scope"),
         date(one, "made_at_s", "-"),
         date(one, "expires_at_s", "-") + (one.value("expired", false) ? " (over)" : "")});
  }
  return table(rows);
}

std::string device_line(const char* what, const Json& one) {
  return fmt::format("{} \"{}\" ({})\n", what, json_text(one, "name"), short_fingerprint(one));
}

}  // namespace

std::string span_text(std::int64_t span_s) {
  if (span_s < 3600) return fmt::format("{}:{:02}", span_s / 60, span_s % 60);
  if (span_s < 24 * 3600) return fmt::format("{} h {} min", span_s / 3600, span_s / 60 % 60);
  return fmt::format("{} d {} h", span_s / 86400, span_s / 3600 % 24);
}

std::string pins_text(const Json& pins) {
  std::string out;
  for (const Json& one : pins) {
    out += fmt::format("waits for its PIN: a Moonlight client at {} ({}), {}\n",
                       json_text(one, "from"), short_fingerprint(one),
                       span_text(number(one, "since_s")));
  }
  return out;
}

std::string answer_text(const std::string& request, const Json& answer) {
  if (request == "devices") return devices(answer);
  if (request == "sessions") return sessions(answer);
  if (request == "status") return status(answer);
  if (request == "settings") return settings(answer);
  if (request == "tokens") return tokens(answer);
  if (request == "token-create") return json_text(answer, "secret") + "\n";
  if (request == "token-revoke") return fmt::format("\"{}\" is void.\n", json_text(answer, "name"));
  if (request == "new-password") return json_text(answer, "password") + "\n";
  if (request == "approve") return device_line("Paired", answer);
  if (request == "deny") return device_line("Sent away", answer);
  if (request == "unpair") return device_line("Forgot", answer);
  if (request == "rename") return device_line("It is called", answer);
  if (request == "stop-session") return "It ends.\n";
  if (request == "change-session" || request == "force-keyframe") return "It is on its way.\n";
  if (request == "set-log-level")
    return fmt::format("The host logs {} and worse.\n", json_text(answer, "level"));
  if (request == "set-sound") {
    return fmt::format("The sound of \"{}\" is heard at: {}\n", json_text(answer, "name"),
                       sound_place(answer, "wherever audio.play_on says"));
  }
  if (request == "set-access") {
    return fmt::format("\"{}\" may use: {}; until {}\n", json_text(answer, "name"), grants(answer),
                       date(answer, "expires_at_s", "for ever"));
  }
  return answer.dump(2) + "\n";
}

}  // namespace pf::app
