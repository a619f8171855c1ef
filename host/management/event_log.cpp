#include "host/management/event_log.h"

#include <charconv>

#include <fmt/format.h>

namespace pf::management {

using Json = nlohmann::ordered_json;

void EventLog::add(std::string kind, Json data) {
  if (events_.size() >= kMaxEvents) events_.pop_front();
  events_.push_back({next_++, std::move(kind), std::move(data)});
}

EventLog::Since EventLog::since(std::uint64_t number) const {
  Since result;
  result.dropped = !events_.empty() && number + 1 < events_.front().number;
  for (const Event& event : events_)
    if (event.number > number) result.events.push_back(&event);
  return result;
}

EventLog::Since EventLog::since_id(std::string_view id) const {
  std::uint64_t number = 0;
  if (id.starts_with(run_) && id.substr(run_.size()).starts_with('-')) {
    const std::string_view digits = id.substr(run_.size() + 1);
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size() &&
        number <= newest())
      return since(number);
  }
  Since result = since(0);
  result.dropped = true;
  return result;
}

std::string EventLog::text(const Event& event) const {
  // JSON without line feeds: one data line.
  return fmt::format("id: {}-{}\nevent: {}\ndata: {}\n\n", run_, event.number, event.kind,
                     event.data.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string EventLog::unnumbered_text(std::string_view kind, const nlohmann::ordered_json& data) {
  return fmt::format("event: {}\ndata: {}\n\n", kind,
                     data.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string EventLog::dropped_text() { return "event: dropped\ndata: {}\n\n"; }

}  // namespace pf::management
