#include "host/recorder/saved_id.h"

#include <charconv>
#include <ctime>

#include <fmt/format.h>

namespace pf::recorder {
namespace {

bool all_digits(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

template <class Number>
std::optional<Number> number(std::string_view digits) {
  Number value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> seconds_of(std::string_view date, std::string_view time) {
  if (date.size() != 8 || time.size() != 6 || !all_digits(date) || !all_digits(time))
    return std::nullopt;
  std::tm utc{};
  utc.tm_year = *number<int>(date.substr(0, 4)) - 1900;
  utc.tm_mon = *number<int>(date.substr(4, 2)) - 1;
  utc.tm_mday = *number<int>(date.substr(6, 2));
  utc.tm_hour = *number<int>(time.substr(0, 2));
  utc.tm_min = *number<int>(time.substr(2, 2));
  utc.tm_sec = *number<int>(time.substr(4, 2));
  return timegm(&utc);
}

}  // namespace

std::optional<SavedId> parse_saved_id(std::string_view id) {
  if (id.size() < 18 || id.size() > kMaxSavedIdBytes || id[8] != '-' || id.substr(15, 2) != "-s")
    return std::nullopt;
  const auto saved_at_s = seconds_of(id.substr(0, 8), id.substr(9, 6));
  std::string_view rest = id.substr(17);
  const std::size_t dash = rest.find('-');
  if (dash != std::string_view::npos) {
    if (!all_digits(rest.substr(dash + 1))) return std::nullopt;
    rest = rest.substr(0, dash);
  }
  if (!saved_at_s || !all_digits(rest)) return std::nullopt;
  const auto session = number<unsigned>(rest);
  if (!session) return std::nullopt;
  return SavedId{.id = std::string(id), .session = *session, .saved_at_s = *saved_at_s};
}

std::string make_saved_id(unsigned session, WireTime now) {
  const auto seconds_now = static_cast<std::time_t>(now.ns() / 1'000'000'000);
  std::tm utc{};
  gmtime_r(&seconds_now, &utc);
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}-s{}", utc.tm_year + 1900, utc.tm_mon + 1,
                     utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, session);
}

}  // namespace pf::recorder
