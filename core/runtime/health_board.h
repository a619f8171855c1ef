// What is wrong, since when, and what is being done about it: one row for each long-lived worker.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/time.h"

namespace pf {

enum class Health : std::uint8_t {
  working,
  healing,   // it failed and is being opened again
  stuck,     // it has not turned around for longer than it ever should
  given_up,  // it failed in a way that trying again does not mend
};

struct HealthRow {
  std::string worker;
  Health health = Health::working;
  LocalTime since;        // stuck: its last beat
  std::string reason;     // of the last failure, empty if there was none; stuck: at what
  unsigned reopened = 0;  // times, since the worker started
  std::string remedy;     // what the next try does differently, empty if nothing
  std::optional<LocalTime> next_try;  // while healing: when it is opened again
};

// What is being done about it, for people: "tries again in 0.4 s, with a new display". Empty: it
// works, and nothing has to be done.
std::string doing(const HealthRow& row, LocalTime now);

// That a worker still turns, and at what. Its thread writes, the board reads.
class Pulse {
 public:
  // `stage` lives as long as the program.
  void beat(const char* stage, LocalTime now) noexcept {
    stage_.store(stage, std::memory_order_relaxed);
    at_ns_.store(now.ns(), std::memory_order_relaxed);
  }
  // Not to be judged until the next beat: it sleeps because it is told to.
  void rest() noexcept { at_ns_.store(kResting, std::memory_order_relaxed); }

  // Empty: it rests.
  std::optional<LocalTime> at() const noexcept {
    const std::int64_t ns = at_ns_.load(std::memory_order_relaxed);
    if (ns == kResting) return std::nullopt;
    return LocalTime(Nanos(ns));
  }
  const char* stage() const noexcept { return stage_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::int64_t kResting = INT64_MIN;
  std::atomic<std::int64_t> at_ns_{kResting};
  std::atomic<const char*> stage_{""};
};

// Any thread. A name belongs to one worker at a time.
class HealthBoard {
 public:
  // The worker's pulse, which lives until it is gone. One that has not beaten for `patience` is
  // stuck; 0: it need not beat.
  Pulse& enter(const std::string& worker, Nanos patience);
  void working(const std::string& worker, LocalTime now);
  void healing(const std::string& worker, const Error& error, LocalTime now,
               std::optional<LocalTime> next_try = {}, std::string remedy = {});
  void given_up(const std::string& worker, const Error& error, LocalTime now);
  void gone(const std::string& worker);  // with its row; it may have gone before
  std::vector<HealthRow> rows(LocalTime now) const;

 private:
  struct Entry {
    HealthRow row;
    Nanos patience{0};
    Pulse pulse;
    bool shown = false;  // it has said something
  };
  HealthRow& set(const std::string& worker, Health health, LocalTime now);

  mutable std::mutex mutex_;
  std::map<std::string, Entry> entries_;  // under mutex_, but for the pulses
};

}  // namespace pf
