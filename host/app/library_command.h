// `punktfunk-host library`: what the library of this machine has, as the running host knows it, or
// read for this once.
#pragma once

#include <optional>
#include <string>

#include <CLI/CLI.hpp>

namespace pf::app {

struct LibraryCommand {
  bool json = false;
  bool scan = false;        // the running host looks anew first
  std::string config_file;  // where no host runs; empty: the user's own
  std::string socket;       // empty: where this user's host listens
};

// Its part of the command line.
class LibraryOptions {
 public:
  explicit LibraryOptions(CLI::App& app);
  LibraryOptions(const LibraryOptions&) = delete;
  LibraryOptions& operator=(const LibraryOptions&) = delete;
  // Empty: it was not asked for.
  std::optional<LibraryCommand> command() const;

 private:
  LibraryCommand command_;
  CLI::App* verb_;
};

// Gives the exit code (docs/administration.md).
int run_library(const LibraryCommand& command);

}  // namespace pf::app
