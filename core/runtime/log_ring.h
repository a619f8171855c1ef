// The newest log lines, numbered, for whoever asks what happened: the console, the command line, a
// report of a fault. Any thread; a mutex is held for a copy at most, and the frame path does not
// log.
//
// What looks like a secret does not get in (redact.h), so that whatever leaves the ring may be
// shown.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/time.h"
#include "core/runtime/log.h"

namespace pf {

namespace log {
std::string_view to_string(Level level) noexcept;
std::optional<Level> parse_level(std::string_view name) noexcept;  // the inverse
}  // namespace log

struct LogLine {
  std::uint64_t number = 0;  // 1, 2, …
  WireTime at;
  log::Level level = log::Level::info;
  std::string category, text;
};

class LogRing {
 public:
  // Some hours of a host that is used, minutes of one that is in trouble; a third of a megabyte.
  static constexpr std::size_t kMaxLines = 2048;
  // The longest of ours names a command with its arguments.
  static constexpr std::size_t kMaxTextBytes = 1024;

  void add(log::Level level, std::string_view category, std::string_view text, WireTime at);

  struct Query {
    std::uint64_t after = 0;  // lines behind this one; 0: from the oldest
    log::Level least = log::Level::debug;
    std::string_view category = {};  // its beginning; empty: any
    std::size_t most = kMaxLines;    // lines in the answer
    bool newest = false;             // the last of those that suit, not the first
  };
  struct Page {
    std::vector<LogLine> lines;  // oldest first
    std::uint64_t next = 0;      // to ask for what comes after this page
    bool dropped = false;        // lines behind `after` are not here any more
  };
  Page page(const Query& query) const;

 private:
  mutable std::mutex mutex_;
  std::deque<LogLine> lines_;  // under mutex_
  std::uint64_t last_ = 0;     // under mutex_
};

}  // namespace pf
