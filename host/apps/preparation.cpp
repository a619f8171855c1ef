#include "host/apps/preparation.h"

#include <unistd.h>

#include <chrono>
#include <utility>

#include "core/runtime/log.h"

namespace pf::apps {
namespace {

constexpr const char* kSetting = "app-preparation";

// In the journal: user, folder and words, each ended by NUL, which none of them can contain.
std::string journal_text(const Command& command) {
  std::string text = command.run_as + '\0' + command.folder + '\0';
  for (const std::string& word : command.words) text += word + '\0';
  return text;
}

std::optional<Command> parse_journal_text(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\0', begin);
    if (end == std::string::npos) return std::nullopt;
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (parts.size() < 3) return std::nullopt;
  return Command{.words = {parts.begin() + 2, parts.end()}, .folder = parts[1], .run_as = parts[0]};
}

}  // namespace

Preparation::Preparation(Plan plan, restore::UndoJournal* journal)
    : plan_(std::move(plan)),
      journal_(journal),
      name_(fmt::format("{}-{:x}-{}", getpid(),
                        std::chrono::system_clock::now().time_since_epoch().count(),
                        static_cast<const void*>(this))) {}

Result<void> Preparation::make() {
  const auto end = std::chrono::steady_clock::now() + kRunPatience;
  while (done_ < plan_.steps.size()) {
    if (auto made = make_step(done_, end - std::chrono::steady_clock::now()); !made) {
      undo();
      // Trying again would not mend it, and would keep the client waiting.
      return fail(ErrorKind::refused, "the application could not be prepared: {}",
                  made.error().what);
    }
    ++done_;
  }
  return {};
}

Result<void> Preparation::make_step(std::size_t index, Nanos patience) {
  const config::PrepStep& step = plan_.steps[index];
  if (journal_ != nullptr && !step.undo.empty()) PF_TRY_VOID(journal_->note(change_of(index)));
  if (step.run.empty()) return {};
  auto run =
      run_to_end({.words = step.run, .folder = plan_.folder, .run_as = plan_.run_as}, patience);
  if (!run) strike(index);
  return run;
}

void Preparation::undo() noexcept {
  while (done_ > 0) {
    const config::PrepStep& step = plan_.steps[--done_];
    if (step.undo.empty()) continue;
    if (const auto run = run_to_end(undo_of(step), kUndoPatience); !run)
      log::warning("apps", "not put back after an application: {}", run.error().what);
    strike(done_);
  }
}

Command Preparation::undo_of(const config::PrepStep& step) const {
  return {.words = step.undo, .folder = plan_.folder, .run_as = plan_.run_as};
}

restore::Change Preparation::change_of(std::size_t index) const {
  return {.setting = kSetting,
          .place = fmt::format("{}.{}", name_, index),
          .before = std::nullopt,
          .ours = journal_text(undo_of(plan_.steps[index]))};
}

void Preparation::strike(std::size_t index) noexcept {
  if (journal_ == nullptr || plan_.steps[index].undo.empty()) return;
  if (const auto struck = journal_->strike(change_of(index)); !struck)
    log::warning("apps", "the next start will undo a step once more: {}", struck.error().what);
}

restore::Undos preparation_undos() {
  const auto put_back = [](const restore::Change& change) -> Result<void> {
    const auto command = undo_command_of(change);
    if (!command) return fail(ErrorKind::malformed, "the journal names no command");
    return run_to_end(*command, Preparation::kUndoPatience);
  };
  return {{kSetting, {.put_back = put_back, .on_failure = restore::Undo::OnFailure::forget}}};
}

std::optional<Command> undo_command_of(const restore::Change& change) {
  return change.setting == kSetting ? parse_journal_text(change.ours) : std::nullopt;
}

}  // namespace pf::apps
