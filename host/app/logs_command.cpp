#include "host/app/logs_command.h"

#include <unistd.h>

#include <ctime>
#include <thread>

#include "host/app/admin_talk.h"
#include "host/app/options.h"

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;

// What a reader calls at once, and a hundredth of what the socket answers.
constexpr std::chrono::milliseconds kReadEvery{250};

std::string local_time(std::int64_t at_ms) {
  const std::time_t second = at_ms / 1000;
  std::tm date{};
  localtime_r(&second, &date);
  return fmt::format("{:02}-{:02} {:02}:{:02}:{:02}.{:03}", date.tm_mon + 1, date.tm_mday,
                     date.tm_hour, date.tm_min, date.tm_sec, at_ms % 1000);
}

const char* colour_of(const std::string& level) {
  if (isatty(STDOUT_FILENO) == 0) return "";
  if (level == "error") return "\x1b[31m";
  return level == "warning" ? "\x1b[33m" : "";
}

std::string text_of(const Json& line) {
  const std::string level = line.value("level", std::string());
  const std::string colour = colour_of(level);
  return fmt::format("{} {}{:<7}{} {}: {}\n", local_time(line.value("at_ms", std::int64_t{0})),
                     colour, level, colour.empty() ? "" : "\x1b[0m",
                     line.value("category", std::string()), line.value("text", std::string()));
}

void show(const Json& page, bool json) {
  if (page.value("dropped", false) && !json) say("… some lines are lost …\n");
  std::string all;
  for (const Json& line : page.value("lines", Json::array()))
    all += json ? line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n" : text_of(line);
  if (!all.empty()) say(all);
}

}  // namespace

int run_logs(admin::AdminLink& link, const AdminCommand& command) {
  Json arguments = command.arguments;
  for (;;) {
    const auto page = link.ask("logs", arguments);
    if (!page) return complain(page.error());
    if (!*page) return complain(page->error());
    show(**page, command.json);
    if (!command.follow) return kExitDone;
    arguments["after"] = (*page)->value("next", std::uint64_t{0});
    std::this_thread::sleep_for(kReadEvery);
  }
}

}  // namespace pf::app
