// The part of punktfunk-host's command line that speaks to a running host.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace pf::app {

struct AdminCommand {
  std::string request;  // host/admin/requests.h
  nlohmann::ordered_json arguments = nlohmann::ordered_json::object();
  bool json = false;    // print what the host answered, for programs
  bool wait = false;    // of `pair`: until a device has paired
  bool follow = false;  // of `logs`: go on
  std::string socket;   // empty: where this user's host listens
};

// "90s", "5m", "12h", "30d"; "never" is no seconds. nullopt: anything else, or more than a century.
std::optional<std::chrono::seconds> parse_span(std::string_view text);

class AdminOptions {
 public:
  // Adds the sub-commands. `this` must stay where it is until the line is parsed.
  explicit AdminOptions(CLI::App& app);
  AdminOptions(const AdminOptions&) = delete;
  AdminOptions& operator=(const AdminOptions&) = delete;

  // After parsing. nullopt: none of them was given.
  std::optional<AdminCommand> command() const;

 private:
  struct Raw {  // as CLI11 fills it
    std::string token_action, token, scope = "read";
    std::string device, name, pin, play_on, lifetime = "5m", expires, only, socket;
    std::vector<std::string> grants;
    std::string mode;
    std::uint32_t stop = 0, keyframe = 0, change = 0, bitrate_kbps = 0;
    std::string level, category, log_level;
    bool json = false, no_wait = false, follow = false;
  };
  CLI::App* add(CLI::App& app, const char* name, const char* sentence, const char* footer);
  void add_access(CLI::App* verb);
  void add_device(CLI::App* verb, const char* sentence);
  void add_logs(CLI::App& app);

  Raw raw_;
  std::vector<CLI::App*> verbs_;
};

}  // namespace pf::app
