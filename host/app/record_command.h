// `punktfunk-host record` and `recordings`: what became of a session's pictures, saved by the
// running host.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace pf::app {

struct RecordCommand {
  enum class What : std::uint8_t { save, start, stop, list, remove };
  What what = What::save;
  std::optional<unsigned> session;  // none: the only one that runs
  std::optional<unsigned> seconds;  // none: all that is kept
  std::string out;                  // file; empty: it stays with the host
  std::string recording;            // of `recordings`: its id
  bool perfetto = false;
  bool json = false;
  std::string socket;  // empty: where this user's host listens
};

class RecordOptions {
 public:
  // Adds the sub-commands. `this` must stay where it is until the line is parsed.
  explicit RecordOptions(CLI::App& app);
  RecordOptions(const RecordOptions&) = delete;
  RecordOptions& operator=(const RecordOptions&) = delete;

  // After parsing. nullopt: none of them was given.
  std::optional<RecordCommand> command() const;

 private:
  RecordCommand raw_;
  std::string action_;
  bool start_ = false, stop_ = false;
  CLI::App* record_;
  CLI::App* recordings_;
};

// Gives the exit code (docs/administration.md).
int run_record(const RecordCommand& command);

}  // namespace pf::app
