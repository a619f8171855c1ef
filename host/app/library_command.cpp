#include "host/app/library_command.h"

#include <algorithm>
#include <ctime>
#include <thread>

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include "core/runtime/system_clock.h"
#include "host/admin/library_list.h"
#include "host/app/admin_talk.h"
#include "host/app/environment.h"
#include "host/app/json_text.h"
#include "host/app/library.h"
#include "host/app/options.h"
#include "host/config/config_file.h"

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds kLookEvery{50};

// The host's answer; empty: none runs.
Result<std::optional<Json>> ask_host(const LibraryCommand& command) {
  AdminCommand where;
  where.socket = command.socket;
  auto link = open_link(where);
  if (!link && link.error().kind == ErrorKind::unavailable && command.socket.empty())
    return std::optional<Json>();
  if (!link) return tl::unexpected(link.error());
  const auto ask = [&](const char* request) -> Result<Json> {
    PF_TRY(auto answer, link->ask(request, Json::object()));
    if (!answer) return fail(ErrorKind::refused, "{}", answer.error().sentence);
    return *std::move(answer);
  };
  if (command.scan) {
    PF_TRY(Json told, ask("scan-library"));
    do {
      std::this_thread::sleep_for(kLookEvery);
      PF_TRY(told, ask("library-sources"));
    } while (told.value("scanning", false));
  }
  PF_TRY(Json told, ask("library"));
  return std::optional<Json>(std::move(told));
}

Result<Json> read_here(const LibraryCommand& command) {
  PF_TRY(const auto paths, find_paths());
  PF_TRY(const auto config,
         config::load_config(command.config_file.empty() ? paths.config_file : command.config_file,
                             {}));
  PF_TRY(auto rules, library_rules(config));
  const SystemClock clock;
  HealthBoard board;
  const auto library = open_library(std::move(rules), {}, board, clock);
  library->scan();
  while (!library->now()->complete()) std::this_thread::sleep_for(kLookEvery);
  return admin::library_list(*library->now(), config);
}

std::string played(const Json& entry) {
  const auto at = entry.find("last_played_s");
  if (at == entry.end() || !at->is_number_integer()) return "-";
  return fmt::format("{:%Y-%m-%d}",
                     fmt::localtime(static_cast<std::time_t>(at->get<std::int64_t>())));
}

void print_entries(const Json& list) {
  std::size_t widest = 2;
  for (const Json& entry : list) widest = std::max(widest, json_text(entry, "id").size());
  say(fmt::format("{:<{}}  {:<10}  {}\n", "ID", widest, "PLAYED", "TITLE"));
  for (const Json& entry : list) {
    say(fmt::format("{:<{}}  {:<10}  {}{}\n", json_text(entry, "id"), widest, played(entry),
                    json_text(entry, "title"),
                    entry.value("installed", false) ? "" : "  (not installed)"));
  }
}

// Those that are there, and what went wrong with them.
void print_sources(const Json& list) {
  for (const Json& source : list) {
    const std::string state = json_text(source, "state");
    if (state == "off" || state == "absent") continue;
    const std::string problem = json_text(source, "problem");
    say(fmt::format("{}: {}{}\n", json_text(source, "title"),
                    state == "ready" ? json_text(source, "entries") : state,
                    problem.empty() ? "" : ", " + problem));
    for (const Json& note : source.value("notes", Json::array()))
      say("    " + note.get<std::string>() + "\n");
  }
}

}  // namespace

LibraryOptions::LibraryOptions(CLI::App& app)
    : verb_(app.add_subcommand("library", "list the games and programs found on this machine")) {
  verb_->add_flag("--json", command_.json, "for programs: all that is known of them");
  verb_->add_flag("--scan", command_.scan, "have the running host look anew first");
  verb_
      ->add_option("--config", command_.config_file,
                   "where no host runs: read this file instead of the user's host.toml")
      ->type_name("FILE");
  verb_
      ->add_option("--socket", command_.socket,
                   "the running host's socket, when it is not this user's own")
      ->type_name("PATH");
  verb_->footer(
      "Examples:\n  punktfunk-host library\n  punktfunk-probe --connect HOST --launch steam:570\n\n"
      "Where no host runs, the launchers' files are read for this once. What is listed: "
      "docs/library.md.\n\n"
      "Exit codes: 0 listed, 1 something broke, 2 the configuration is wrong, 4 the host said no.");
}

std::optional<LibraryCommand> LibraryOptions::command() const {
  return verb_->parsed() ? std::optional(command_) : std::nullopt;
}

int run_library(const LibraryCommand& command) {
  auto told = ask_host(command);
  if (!told) return complain(told.error());
  if (!*told) {
    auto read = read_here(command);
    if (!read) return complain(kExitUsage, read.error().what);
    *told = *std::move(read);
  }
  const Json& library = **told;
  if (command.json) {
    say(library.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    return kExitDone;
  }
  print_entries(library["entries"]);
  say("\n");
  print_sources(library["sources"]);
  return kExitDone;
}

}  // namespace pf::app
