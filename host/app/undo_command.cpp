#include "host/app/undo_command.h"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "core/runtime/log.h"
#include "host/app/environment.h"
#include "host/app/options.h"
#include "host/apps/preparation.h"
#include "host/audio/pipewire/default_device_lease.h"

namespace pf::app {
namespace {

using Json = nlohmann::ordered_json;
using restore::UndoOutcome;

restore::Undos all_undos() {
  restore::Undos undos = audio::pipewire::default_device_undos();
  undos.merge(apps::preparation_undos());
  return undos;
}

std::string sentence(const UndoOutcome& outcome) {
  const restore::Change& change = outcome.change;
  if (const auto command = apps::undo_command_of(change)) {
    return outcome.error ? fmt::format("not put back after an application: {}", outcome.error->what)
                         : fmt::format("put back after an application: {}", line_of(*command));
  }
  const std::string back = change.before ? fmt::format("{} again", *change.before)
                                         : std::string("nobody's choice again");
  if (!outcome.error) return fmt::format("{}: {} (was {})", change.setting, back, change.ours);
  return fmt::format("{}: still {}, not {}: {}", change.setting, change.ours, back,
                     outcome.error->what);
}

Json to_json(const UndoOutcome& outcome) {
  const restore::Change& change = outcome.change;
  const auto command = apps::undo_command_of(change);
  return {{"setting", change.setting},
          {"place", change.place},
          {"before", change.before ? Json(*change.before) : Json()},
          {"ours", command ? line_of(*command) : change.ours},
          {"undone", !outcome.error},
          {"reason", outcome.error ? Json(outcome.error->what) : Json()}};
}

void print(const std::vector<UndoOutcome>& outcomes, const std::vector<std::string>& busy) {
  for (const UndoOutcome& outcome : outcomes) std::printf("%s\n", sentence(outcome).c_str());
  for (const std::string& owner : busy)
    std::printf("A running host (process %s) has changed something: it undoes that when it ends.\n",
                owner.c_str());
  if (outcomes.empty() && busy.empty()) std::puts("Nothing is left to undo.");
}

void print_json(const std::vector<UndoOutcome>& outcomes, const std::vector<std::string>& busy) {
  Json changes = Json::array();
  for (const UndoOutcome& outcome : outcomes) changes.push_back(to_json(outcome));
  const Json answer{{"changes", changes}, {"running", busy}};
  std::puts(answer.dump(2, ' ', false, Json::error_handler_t::replace).c_str());
}

}  // namespace

Result<std::unique_ptr<restore::UndoJournal>> open_undo_journal(const std::string& state_dir) {
  return restore::UndoJournal::open(state_dir + "/undo");
}

void undo_left_overs(restore::UndoJournal& journal) {
  for (const UndoOutcome& outcome : journal.undo_left_overs(all_undos())) {
    if (outcome.error) {
      log::warning("undo", "{}{}", sentence(outcome),
                   journal.find(outcome.change) ? "; try again with: punktfunk-host undo" : "");
    } else {
      log::info("undo", "{}", sentence(outcome));
    }
  }
}

int run_undo(const UndoCommand& command) {
  const auto complain = [](const Error& error) {
    std::fprintf(stderr, "punktfunk-host: %s\n", error.what.c_str());
    return kExitFailed;
  };
  const auto paths = find_paths();
  if (!paths) return complain(paths.error());
  const auto journal = open_undo_journal(paths->state_dir);
  if (!journal) return complain(journal.error());
  const auto outcomes = (*journal)->undo_left_overs(all_undos());
  const auto busy = (*journal)->busy_owners();
  command.json ? print_json(outcomes, busy) : print(outcomes, busy);
  return (*journal)->has_left_overs() ? kExitFailed : kExitDone;
}

}  // namespace pf::app
