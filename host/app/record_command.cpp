#include "host/app/record_command.h"

#include <map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "core/runtime/files.h"
#include "host/app/admin_talk.h"
#include "host/app/options.h"
#include "host/recorder/perfetto.h"

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;
using What = RecordCommand::What;

constexpr const char* kExitCodes =
    "\n\nExit codes: 0 done, 1 something broke, 2 the command line is wrong, 3 no host runs,\n"
    "4 the host said no.";

const char* request_of(What what) {
  switch (what) {
    case What::save:
      return "record";
    case What::start:
      return "record-start";
    case What::stop:
      return "record-stop";
    case What::list:
      return "recordings";
    case What::remove:
      return "recording-delete";
  }
  return "recordings";
}

Json arguments_of(const RecordCommand& command) {
  Json arguments = Json::object();
  if (command.session) arguments["session"] = *command.session;
  if (command.what == What::save && command.seconds) arguments["seconds"] = *command.seconds;
  if (command.what == What::remove) arguments["recording"] = command.recording;
  return arguments;
}

std::string running_text(const Json& one) {
  std::string text =
      fmt::format("Session {} is being recorded: {} s, {} pictures, {} parts saved.\n",
                  one.value("session", 0), one.value("elapsed_s", std::int64_t{0}),
                  one.value("pictures", std::uint64_t{0}), one["parts"].size());
  if (one["problem"].is_string())
    text += fmt::format("  The next part waits: {}\n", one["problem"].get<std::string>());
  return text;
}

std::string recordings_text(const Json& answer) {
  std::string text;
  for (const Json& one : answer["running"]) text += running_text(one);
  if (answer["recordings"].empty())
    return text.empty() ? "Nothing was recorded: punktfunk-host record\n" : text;
  text += fmt::format("{:<26} {:>8} {:>10}\n", "ID", "SESSION", "KB");
  for (const Json& one : answer["recordings"])
    text += fmt::format("{:<26} {:>8} {:>10}\n", one.value("id", ""), one.value("session", 0),
                        (one.value("bytes", std::uint64_t{0}) + 1023) / 1024);
  return text;
}

// "2 hitches: network 1, game 1".
std::string hitches_text(const recorder::Recording& recording) {
  if (recording.hitches.empty()) return "no hitch";
  std::map<recorder::Stage, std::pair<const char*, int>> counts;
  for (const recorder::Hitch& hitch : recording.hitches) {
    auto& [name, count] = counts[hitch.cause];
    name = recorder::cause_of(recording, hitch);
    ++count;
  }
  std::string causes;
  for (const auto& [stage, count] : counts)
    causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", count.first, count.second);
  return fmt::format("{} {}: {}", recording.hitches.size(),
                     recording.hitches.size() == 1 ? "hitch" : "hitches", causes);
}

int show_saved(admin::AdminLink& link, const RecordCommand& command, const Json& saved) {
  const std::string id = saved.value("id", std::string());
  const auto asked = link.ask("recording", {{"recording", id}});
  if (!asked) return complain(asked.error());
  if (!*asked) return complain(asked->error());
  const auto recording = recorder::parse_recording(**asked);
  if (!recording) return complain(recording.error());
  if (!command.out.empty()) {
    const std::string text =
        command.perfetto ? recorder::to_perfetto(*recording) : (*asked)->dump() + "\n";
    if (auto written = replace_file(command.out, text, FileMode::shared); !written)
      return complain(kExitFailed, written.error().what);
  }
  if (command.json) {
    say(saved.dump(2) + "\n");
    return kExitDone;
  }
  say(fmt::format(
      "Session {}: {:.1f} s, {} pictures, {}.\nSaved as {}{}{}.\n", recording->session.number,
      std::chrono::duration<double>(recorder::span_of(*recording)).count(), recording->rows.size(),
      hitches_text(*recording), id, command.out.empty() ? "" : " and in ", command.out));
  if (saved.contains("parts") && saved["parts"].size() > 1)
    say(fmt::format("It is the last of {} parts: punktfunk-host recordings\n",
                    saved["parts"].size()));
  if (!recording->client_tells)
    say("The client does not tell what became of pictures: only the host's stages are known.\n");
  return kExitDone;
}

}  // namespace

RecordOptions::RecordOptions(CLI::App& app)
    : record_(app.add_subcommand("record", "save what became of a session's pictures")),
      recordings_(app.add_subcommand("recordings", "list or delete what was recorded")) {
  for (CLI::App* verb : {record_, recordings_}) {
    verb->group("Administration of a running host");
    verb->add_flag("--json", raw_.json, "for programs: print what the host answered");
    verb->add_option("--socket", raw_.socket,
                     "the running host's socket, when it is not this user's own")
        ->type_name("PATH");
  }
  record_->add_option("session", raw_.session, "its number; without: the only one that runs")
      ->type_name("SESSION");
  record_->add_option("--seconds", raw_.seconds, "only the last so many; without: all that is kept")
      ->type_name("N")
      ->check(CLI::Range(1, 24 * 3600));
  record_->add_option("--out", raw_.out, "write it to this file as well")->type_name("FILE");
  record_->add_flag("--perfetto", raw_.perfetto, "that file is for ui.perfetto.dev")
      ->needs("--out");
  CLI::Option* const start = record_->add_flag("--start", start_, "record from now on");
  record_->add_flag("--stop", stop_, "save what came since --start")->excludes(start);
  record_->footer(
      std::string("Examples:\n  punktfunk-host record --seconds 30\n"
                  "  punktfunk-host record 3 --perfetto --out hitch.json\n\n"
                  "The host keeps the last minute and more of every session: record "
                  "after it has hitched.\nWhat --start began is saved in parts as it "
                  "goes, and ends with the session.\ndocs/recorder.md says what is in it.") +
      kExitCodes);
  recordings_->add_option("--delete", raw_.recording, "delete this one")->type_name("ID");
  recordings_->footer(std::string("Examples:\n  punktfunk-host recordings\n"
                                  "  punktfunk-host recordings --delete 20261121-123005-s3") +
                      kExitCodes);
}

std::optional<RecordCommand> RecordOptions::command() const {
  RecordCommand command = raw_;
  if (record_->parsed()) {
    command.what = start_ ? What::start : stop_ ? What::stop : What::save;
  } else if (recordings_->parsed()) {
    command.what = command.recording.empty() ? What::list : What::remove;
  } else {
    return std::nullopt;
  }
  return command;
}

int run_record(const RecordCommand& command) {
  auto link = open_link({.socket = command.socket});
  if (!link) return complain(link.error());
  const auto answer = link->ask(request_of(command.what), arguments_of(command));
  if (!answer) return complain(answer.error());
  if (!*answer) return complain(answer->error());
  if (command.what == What::save || command.what == What::stop)
    return show_saved(*link, command, **answer);
  if (command.json) {
    say((*answer)->dump(2) + "\n");
  } else if (command.what == What::list) {
    say(recordings_text(**answer));
  } else if (command.what == What::start) {
    say(fmt::format("Recording session {}. End it with: punktfunk-host record --stop\n",
                    (*answer)->value("session", 0)));
  } else {
    say(fmt::format("Deleted {}.\n", command.recording));
  }
  return kExitDone;
}

}  // namespace pf::app
