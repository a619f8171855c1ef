// punktfunk-pattern: shows the coded picture on a Wayland compositor (options.h, --help).
#include <poll.h>

#include <algorithm>
#include <cstdio>

#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"
#include "tools/pattern/options.h"
#include "tools/pattern/stats_file.h"
#include "tools/pattern/window.h"
#include "tools/wayland/end_signals.h"

namespace pf::pattern_client {
namespace {

constexpr Nanos kStatsEvery = milliseconds(500);

// Draws when the compositor asks, but no earlier than the grid of --fps allows.
class Drawer {
 public:
  Drawer(const Options& options, const Clock& clock) noexcept
      : still_(options.still), clock_(clock), due_(clock.now()) {
    if (options.fps) period_ = Nanos(seconds(1)) / *options.fps;
  }

  Result<void> draw_if_due(Window& window, StatsFile& stats) {
    const LocalTime now = clock_.now();
    if (!window.wants_frame() || now < due_ || !may_draw(window)) return {};
    const std::uint32_t number = next_number_++;
    PF_TRY_VOID(
        window.show({.frame_number = number, .drawn_at = now.since_epoch() + wire_offset_}));
    stats.count(number);
    // On the grid, unless it was missed by more than a period.
    due_ = std::max(due_ + period_, now - period_);
    return {};
  }

  // How long nothing can become due by itself.
  Nanos patience(Window& window) const noexcept {
    const Nanos rest = std::max(due_ - clock_.now(), Nanos::zero());
    return window.wants_frame() && may_draw(window) ? std::min(rest, kStatsEvery) : kStatsEvery;
  }

 private:
  bool may_draw(Window& window) const noexcept { return !still_ || window.needs_redraw(); }

  bool still_;
  const Clock& clock_;
  const Nanos wire_offset_ = wire_offset_now();
  LocalTime due_;
  Nanos period_{0};
  std::uint32_t next_number_ = 0;
};

Result<void> run(Window& window, const Options& options, StatsFile& stats) {
  const SystemClock clock;
  const UniqueFd signals = wayland::block_end_signals();
  Drawer drawer(options, clock);
  LocalTime stats_due = clock.now();
  while (!window.screen().closed()) {
    PF_TRY_VOID(window.screen().dispatch());
    PF_TRY_VOID(drawer.draw_if_due(window, stats));
    PF_TRY_VOID(window.screen().dispatch());
    if (!options.stats_path.empty() && clock.now() >= stats_due) {
      PF_TRY_VOID(stats.write());
      stats_due = clock.now() + kStatsEvery;
    }
    // The answer to what was just shown may have come with the last dispatch.
    const Nanos patience = drawer.patience(window);
    const timespec limit{patience.count() / 1'000'000'000, patience.count() % 1'000'000'000};
    pollfd waits[] = {{window.screen().poll_handle(), POLLIN, 0}, {signals.get(), POLLIN, 0}};
    ppoll(waits, 2, &limit, nullptr);
    if (waits[1].revents != 0) break;
  }
  return {};
}

Result<void> start(const Options& options) {
  StatsFile stats(options.stats_path);
  if (!options.stats_path.empty()) PF_TRY_VOID(stats.write());  // an unwritable path shows now
  PF_TRY(const std::unique_ptr<Window> window, Window::open(options.size_px, options.scene));
  Result<void> ended = run(*window, options, stats);
  if (!options.stats_path.empty()) PF_TRY_VOID(stats.write());
  return ended;
}

}  // namespace
}  // namespace pf::pattern_client

int main(int argc, char** argv) {
  using namespace pf::pattern_client;
  const auto options = parse_options({argv + 1, static_cast<std::size_t>(argc - 1)});
  if (!options) {
    std::fprintf(stderr, "punktfunk-pattern: %s\n", options.error().what.c_str());
    return 2;
  }
  if (options->help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  if (const auto ended = start(*options); !ended) {
    std::fprintf(stderr, "punktfunk-pattern: %s\n", ended.error().what.c_str());
    return 1;
  }
  return 0;
}
