#include "host/app/blackbox_command.h"

#include <charconv>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/runtime/doorbell.h"
#include "host/app/admin_talk.h"
#include "host/app/options.h"

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;

constexpr Nanos kAskClipEvery = milliseconds(50);
// A clip is written within two seconds; a disk that hangs is not waited for.
constexpr int kMostAsks = 20 * 60;

int show(const BlackBoxCommand& command, const Json& answer, const std::string& text) {
  say(command.json ? answer.dump(2) + "\n" : text);
  return kExitDone;
}

std::string seconds_text(std::int64_t ms) { return fmt::format("{:.1f}", double(ms) / 1000); }

std::string status_text(const Json& told) {
  if (!told.value("enabled", false))
    return "The black box is off: punktfunk-host config set blackbox.enabled true\n";
  std::string text =
      fmt::format("The black box is on: the last {} s of each session, in at most {} MiB.\n",
                  told.value("seconds", 0), told.value("megabytes", 0));
  if (told["sessions"].empty()) return text + "No session runs.\n";
  text += fmt::format("{:>8}  {:<12} {:>8} {:>8} {:>8}  {}\n", "SESSION", "STATE", "SECONDS", "MB",
                      "FRAMES", "KEY FRAMES COST");
  for (const Json& one : told["sessions"]) {
    const Json &held = one["held"], &cost = one["cost"];
    text += fmt::format("{:>8}  {:<12} {:>8} {:>8} {:>8}  {:.2f} % of the video\n",
                        one.value("session", 0), one.value("state", ""),
                        seconds_text(held.value("span_ms", std::int64_t{0})),
                        held.value("bytes", std::uint64_t{0}) / 1'000'000, held.value("frames", 0),
                        cost.value("key_frame_share_ppm", 0.0) / 10'000);
  }
  return text;
}

std::string clips_text(const Json& told) {
  if (told["clips"].empty()) return "No clip was saved: punktfunk-host blackbox save\n";
  std::string text = fmt::format("{:<26} {:>8} {:>8} {:>8} {:<8} {:<8} {}\n", "ID", "SESSION",
                                 "SECONDS", "MB", "STATE", "WHY", "FILE");
  for (const Json& one : told["clips"])
    text +=
        fmt::format("{:<26} {:>8} {:>8} {:>8} {:<8} {:<8} {}\n", one.value("id", ""),
                    one.value("session", 0), seconds_text(one.value("length_ms", std::int64_t{0})),
                    one.value("bytes", std::uint64_t{0}) / 1'000'000, one.value("state", ""),
                    one.value("why", ""), one.value("path", ""));
  return text;
}

// The file beside the host's own; empty: it worked.
std::string copy(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, error);
  return error ? fmt::format("cannot copy {} to {}: {}", from, to, error.message()) : std::string();
}

int show_saved(const BlackBoxCommand& command, const Json& clip) {
  if (clip.value("state", "") == "failed")
    return complain(kExitFailed,
                    fmt::format("the clip was not saved: {}", clip.value("error", "")));
  const std::string path = clip.value("path", "");
  if (!command.out.empty())
    if (const std::string wrong = copy(path, command.out); !wrong.empty())
      return complain(kExitFailed, wrong);
  return show(
      command, clip,
      fmt::format("Session {}: {} s, {} pictures{}.\nSaved as {}{}.\n", clip.value("session", 0),
                  seconds_text(clip.value("length_ms", std::int64_t{0})), clip.value("frames", 0),
                  clip.value("sound", false) ? ", with sound" : "", path,
                  command.out.empty() ? "" : " and " + command.out));
}

// The host answers at once and writes meanwhile.
int await_clip(admin::AdminLink& link, const BlackBoxCommand& command, const std::string& id) {
  Doorbell nobody;
  for (int i = 0; i < kMostAsks; ++i) {
    const auto asked = link.ask("clip", {{"clip", id}});
    if (!asked) return complain(asked.error());
    if (!*asked) return complain(asked->error());
    if ((*asked)->value("state", "") != "saving") return show_saved(command, **asked);
    nobody.wait(kAskClipEvery);
  }
  return complain(kExitFailed, fmt::format("the disk is slow: the clip {} is still written", id));
}

std::string request_of(const std::string& action) {
  if (action == "save") return "blackbox-save";
  if (action == "list") return "clips";
  if (action == "delete") return "clip-delete";
  return "blackbox";
}

}  // namespace

BlackBoxOptions::BlackBoxOptions(CLI::App& app)
    : verb_(app.add_subcommand("blackbox",
                               "save the last minute of a session as a video, list or delete "
                               "what was saved")) {
  verb_->group("Administration of a running host");
  verb_->add_flag("--json", raw_.json, "for programs: print what the host answered");
  verb_
      ->add_option("--socket", raw_.socket,
                   "the running host's socket, when it is not this user's own")
      ->type_name("PATH");
  verb_->add_option("action", raw_.action, "status, save, list or delete")
      ->required()
      ->check(CLI::IsMember({"status", "save", "list", "delete"}));
  verb_
      ->add_option("which", raw_.which,
                   "save: a session's number, without: the only one that runs; delete: a clip's id")
      ->type_name("SESSION|ID");
  verb_->add_option("--out", raw_.out, "save: copy the video to this file as well")
      ->type_name("FILE");
  verb_->footer(
      "Examples:\n"
      "  punktfunk-host config set blackbox.enabled true\n"
      "      from now on the last minute of each session is kept in memory\n"
      "  punktfunk-host blackbox save --out hitch.mkv\n"
      "  punktfunk-host blackbox delete 20261121-123005-s3\n\n"
      "docs/blackbox.md says what is in a clip.\n\n"
      "Exit codes: 0 done, 1 something broke, 2 the command line is wrong, 3 no host runs,\n"
      "4 the host said no.");
}

std::optional<BlackBoxCommand> BlackBoxOptions::command() const {
  return verb_->parsed() ? std::optional(raw_) : std::nullopt;
}

int run_blackbox(const BlackBoxCommand& command) {
  Json arguments = Json::object();
  if (command.action == "save" && !command.which.empty()) {
    unsigned number = 0;
    const char* const end = command.which.data() + command.which.size();
    const auto parsed = std::from_chars(command.which.data(), end, number);
    if (parsed.ec != std::errc() || parsed.ptr != end)
      return complain(kExitUsage, fmt::format("\"{}\" is no session's number", command.which));
    arguments["session"] = number;
  }
  if (command.action == "delete") {
    if (command.which.empty()) return complain(kExitUsage, "say which clip is to be deleted");
    arguments["clip"] = command.which;
  }
  auto link = open_link({.socket = command.socket});
  if (!link) return complain(link.error());
  const auto answer = link->ask(request_of(command.action), arguments);
  if (!answer) return complain(answer.error());
  if (!*answer) return complain(answer->error());
  const Json& told = **answer;
  if (command.action == "save") return await_clip(*link, command, told.value("id", ""));
  if (command.action == "list") return show(command, told, clips_text(told));
  if (command.action == "delete")
    return show(command, told, fmt::format("Deleted {}.\n", command.which));
  return show(command, told, status_text(told));
}

}  // namespace pf::app
