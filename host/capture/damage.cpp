#include "host/capture/damage.h"

#include <algorithm>

namespace pf::capture {
namespace {

RectPx around(const RectPx& a, const RectPx& b) {
  const std::uint32_t x = std::min(a.x, b.x);
  const std::uint32_t y = std::min(a.y, b.y);
  return {x, y, std::max(a.x + a.width, b.x + b.width) - x,
          std::max(a.y + a.height, b.y + b.height) - y};
}

bool contains(const RectPx& outer, const RectPx& inner) { return around(outer, inner) == outer; }

}  // namespace

void add_damage(Damage& sum, const Damage& more) {
  if (sum.empty()) return;
  if (more.empty()) {
    sum.clear();
    return;
  }
  for (const RectPx& rect : more) {
    const auto covers = [&rect](const RectPx& known) { return contains(known, rect); };
    if (std::any_of(sum.begin(), sum.end(), covers) || sum.push(rect)) continue;
    RectPx whole = rect;
    for (const RectPx& known : sum) whole = around(whole, known);
    sum.clear();
    if (!sum.push(whole)) return;
  }
}

}  // namespace pf::capture
