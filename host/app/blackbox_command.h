// `punktfunk-host blackbox`: what the running host keeps of its sessions, saved as clips.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace pf::app {

struct BlackBoxCommand {
  std::string action;  // status, save, list or delete
  std::string which;   // save: a session, empty: the only one that runs; delete: a clip
  std::string out;     // of save: file; empty: it stays with the host alone
  bool json = false;
  std::string socket;  // empty: where this user's host listens
};

class BlackBoxOptions {
 public:
  // Adds the sub-command. `this` must stay where it is until the line is parsed.
  explicit BlackBoxOptions(CLI::App& app);
  BlackBoxOptions(const BlackBoxOptions&) = delete;
  BlackBoxOptions& operator=(const BlackBoxOptions&) = delete;

  // After parsing. nullopt: it was not given.
  std::optional<BlackBoxCommand> command() const;

 private:
  BlackBoxCommand raw_;
  CLI::App* verb_;
};

// Gives the exit code (docs/administration.md).
int run_blackbox(const BlackBoxCommand& command);

}  // namespace pf::app
