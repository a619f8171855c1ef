// Where the events go: one JSON object a line.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pf::input_log {

// One thread.
class EventLog {
 public:
  using Fields = nlohmann::ordered_json;

  // Empty `path`: standard output. `clock` (CLOCK_MONOTONIC) outlives it.
  static Result<EventLog> open(const std::string& path, const Clock& clock);

  // Adds the time, writes the line and flushes it, so that readers see it at once and whole.
  // Call it as soon as the event is known.
  void write(const char* event, const Fields& fields = Fields::object());

  // A line could not be written: nobody reads us any more, or the disk is full.
  bool broken() const noexcept { return broken_; }

 private:
  using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  EventLog(File file, const Clock& clock) : file_(std::move(file)), clock_(&clock) {}

  File file_;
  const Clock* clock_;
  bool broken_ = false;
};

}  // namespace pf::input_log
