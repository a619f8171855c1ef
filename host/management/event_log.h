// What changed lately, numbered, so that a reader who lost its connection can go on where it was
// (WHATWG HTML section 9.2, server-sent events). Pure; one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace pf::management {

struct Event {
  std::uint64_t number = 0;
  std::string kind;  // "session.added", "device.changed", "health.removed", …
  nlohmann::ordered_json data;
};

class EventLog {
 public:
  // A quarter of an hour of a host that heals once a second.
  static constexpr std::size_t kMaxEvents = 1024;

  // `run` tells the numbers of this run of the program from those of others.
  explicit EventLog(std::string run) : run_(std::move(run)) {}

  void add(std::string kind, nlohmann::ordered_json data);
  std::uint64_t newest() const noexcept { return next_ - 1; }

  struct Since {
    std::vector<const Event*> events;  // until the next add()
    bool dropped = false;              // some that the reader has not seen are not here any more
  };
  Since since(std::uint64_t number) const;
  // From Last-Event-ID. An id of another run, or none of ours: nothing of this run has been seen,
  // and what came before is lost (`dropped`).
  Since since_id(std::string_view id) const;

  // As they are sent. `dropped` says that the reader should ask for the state anew.
  std::string text(const Event& event) const;
  static std::string dropped_text();
  // What cannot be resumed by an id.
  static std::string unnumbered_text(std::string_view kind, const nlohmann::ordered_json& data);

 private:
  const std::string run_;
  std::uint64_t next_ = 1;
  std::deque<Event> events_;
};

}  // namespace pf::management
