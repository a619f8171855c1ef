#include <array>
#include <ctime>
#include <limits>

#include "core/message/text.h"
#include "host/admin/arguments.h"
#include "host/admin/request_tables.h"

namespace pf::admin {
namespace {

// Of an answer: a megabyte at most, in practice a tenth of it.
constexpr std::int64_t kMostLines = 1000;
constexpr std::size_t kFewLines = 200;  // when nobody says how many

constexpr std::array kLogArguments{
    Argument{"after", ArgumentType::whole_number, false,
             "lines behind the one of this number: `next` of the answer before"},
    Argument{"level", ArgumentType::text, false,
             "the least that is of interest: debug, info, warning or error"},
    Argument{"category", ArgumentType::text, false,
             "only lines whose category begins so: session, quic, …"},
    Argument{"limit", ArgumentType::whole_number, false,
             "how many lines at most; 200 when not given, never more than 1000"}};
constexpr std::array kLevelArguments{
    Argument{"level", ArgumentType::text, true, "debug, info, warning or error"}};

Result<const LogRing*> ring(const Administration& host) {
  const LogRing* ring = host.controls().logs.ring;
  if (ring == nullptr) return fail(ErrorKind::unavailable, "this host keeps no log");
  return ring;
}

Result<log::Level> level_of(const Json& arguments) {
  const std::string name = text(arguments, "level");
  if (const auto level = log::parse_level(name)) return *level;
  return fail(ErrorKind::malformed, "level must be debug, info, warning or error, not \"{}\"",
              message::printable(name, kShownBytes));
}

Json line_json(const LogLine& line) {
  const Nanos at = line.at.since_epoch();
  return {{"number", line.number},
          {"at_ms", std::chrono::duration_cast<std::chrono::milliseconds>(at).count()},
          {"level", log::to_string(line.level)},
          {"category", line.category},
          {"text", line.text}};
}

// From a place on as it comes; without one, the newest.
Result<LogRing::Page> page(const Administration& host, const Json& arguments) {
  PF_TRY(const LogRing* const lines, ring(host));
  const std::string category = text(arguments, "category");
  LogRing::Query query{.category = category, .most = kFewLines};
  if (arguments.contains("level")) {
    PF_TRY(query.least, level_of(arguments));
  }
  PF_TRY(const auto limit, number(arguments, "limit", kMostLines));
  if (limit) query.most = static_cast<std::size_t>(*limit);
  PF_TRY(const auto after, number(arguments, "after", std::numeric_limits<std::int64_t>::max()));
  query.after = static_cast<std::uint64_t>(after.value_or(0));
  query.newest = !after;
  return lines->page(query);
}

Result<Json> logs(Administration& host, const Json& arguments) {
  PF_TRY(const LogRing::Page found, page(host, arguments));
  return Json{{"lines", list_of(found.lines, line_json)},
              {"next", found.next},
              {"dropped", found.dropped},
              {"level", log::to_string(host.controls().logs.level())}};
}

// "2026-11-21T12:34:56.789Z warning quic: …", as a person reads it.
std::string text_of(const LogLine& line) {
  const Nanos at = line.at.since_epoch();
  const std::time_t second = whole_seconds(at);
  std::tm date{};
  gmtime_r(&second, &date);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z {:<7} {}: {}\n",
                     date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min,
                     date.tm_sec,
                     std::chrono::duration_cast<std::chrono::milliseconds>(at).count() % 1000,
                     log::to_string(line.level), line.category, line.text);
}

Result<Json> log_text(Administration& host, const Json&) {
  PF_TRY(const LogRing* const lines, ring(host));
  std::string all;
  for (const LogLine& line : lines->page({}).lines) all += text_of(line);
  return Json(std::move(all));
}

Result<Json> set_log_level(Administration& host, const Json& arguments) {
  PF_TRY_VOID(ring(host));
  PF_TRY(const log::Level level, level_of(arguments));
  host.controls().logs.set_level(level);
  return Json{{"level", log::to_string(level)}};
}

}  // namespace

std::span<const Request> log_requests() {
  static const std::array rows{
      Request{"logs", "What the host has logged lately, without secrets.", kLogArguments, logs},
      Request{"log-text", "All of it as one text, for a report.", {}, log_text},
      Request{"set-log-level", "From now on, what is less is not logged.", kLevelArguments,
              set_log_level},
  };
  return rows;
}

}  // namespace pf::admin
