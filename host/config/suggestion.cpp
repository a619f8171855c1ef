#include "host/config/suggestion.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace pf::config {
namespace {

constexpr std::size_t kMaxNameBytes = 64;  // twice our longest key

// Damerau's distance in its restricted form: insert, delete, replace and swap of neighbours cost
// one each.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  using Row = std::array<std::size_t, kMaxNameBytes + 1>;
  Row before_last{}, last{}, current{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({last[j] + 1, current[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        current[j] = std::min(current[j], before_last[j - 2] + 1);
      }
    }
    before_last = last;
    last = current;
  }
  return last[b.size()];
}

}  // namespace

std::string did_you_mean(std::string_view written, std::span<const std::string_view> known) {
  if (written.empty() || written.size() > kMaxNameBytes) return {};
  // A third of the letters wrong is still a slip; more is another word.
  std::size_t nearest = std::max<std::size_t>(1, written.size() / 3) + 1;
  std::string_view best;
  for (const std::string_view name : known) {
    if (name.size() > kMaxNameBytes) continue;
    // A forgotten ending, often the unit, is one slip however long: bitrate for bitrate_kbps.
    const bool shortened = name.starts_with(written) && 2 * written.size() >= name.size();
    const std::size_t distance = shortened ? 1 : edit_distance(written, name);
    if (distance < nearest) {
      nearest = distance;
      best = name;
    }
  }
  return best.empty() ? std::string() : fmt::format(": did you mean '{}'?", best);
}

}  // namespace pf::config
