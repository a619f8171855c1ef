#include "core/runtime/log_ring.h"

#include <algorithm>

#include "core/runtime/redact.h"

namespace pf {

std::string_view log::to_string(Level level) noexcept {
  switch (level) {
    case Level::debug:
      return "debug";
    case Level::info:
      return "info";
    case Level::warning:
      return "warning";
    case Level::error:
      return "error";
  }
  return "error";
}

std::optional<log::Level> log::parse_level(std::string_view name) noexcept {
  for (const Level level : {Level::debug, Level::info, Level::warning, Level::error})
    if (to_string(level) == name) return level;
  return std::nullopt;
}

void LogRing::add(log::Level level, std::string_view category, std::string_view text, WireTime at) {
  LogLine line{.number = 0,
               .at = at,
               .level = level,
               .category = std::string(category.substr(0, kMaxTextBytes)),
               .text = redacted(text.substr(0, kMaxTextBytes))};
  std::lock_guard lock(mutex_);
  line.number = ++last_;
  lines_.push_back(std::move(line));
  if (lines_.size() > kMaxLines) lines_.pop_front();
}

LogRing::Page LogRing::page(const Query& query) const {
  std::lock_guard lock(mutex_);
  // A cursor of another run of the program may lie ahead of all that is here.
  const std::uint64_t after = query.after > last_ ? 0 : query.after;
  Page page{.lines = {}, .next = last_, .dropped = query.after > last_};
  if (lines_.empty()) return page;
  const std::uint64_t oldest = lines_.front().number;
  if (after != 0 && after + 1 < oldest) page.dropped = true;
  const auto suits = [&](const LogLine& line) {
    return line.number > after && line.level >= query.least &&
           std::string_view(line.category).starts_with(query.category);
  };
  if (query.newest) {
    for (auto line = lines_.rbegin(); line != lines_.rend() && page.lines.size() < query.most;
         ++line)
      if (suits(*line)) page.lines.push_back(*line);
    std::reverse(page.lines.begin(), page.lines.end());
    return page;
  }
  for (const LogLine& line : lines_) {
    if (!suits(line)) continue;
    if (page.lines.size() == query.most) {
      page.next = page.lines.empty() ? after : page.lines.back().number;
      break;
    }
    page.lines.push_back(line);
  }
  return page;
}

}  // namespace pf
