#include "sim/batch.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

namespace pf::sim {
namespace {

using std::chrono::steady_clock;

void show(std::size_t done, std::size_t count, steady_clock::duration spent) {
  const double spent_s = std::chrono::duration<double>(spent).count();
  const double left_s = spent_s * static_cast<double>(count - done) / static_cast<double>(done);
  fmt::print(stderr, "\r{} of {} runs, {:.0f} s spent, about {:.0f} s left   ", done, count,
             spent_s, left_s);
}

}  // namespace

void run_batch(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& run) {
  const bool shown = isatty(STDERR_FILENO) == 1;
  const steady_clock::time_point begin = steady_clock::now();
  std::atomic<std::size_t> next{0}, done{0};
  const auto work = [&](bool speaks) {
    for (std::size_t index = next++; index < count; index = next++) {
      run(index);
      ++done;
      if (speaks) show(done, count, steady_clock::now() - begin);
    }
  };
  {
    std::vector<std::jthread> others;
    const auto most = static_cast<unsigned>(std::min<std::size_t>(jobs, count));
    for (unsigned i = 1; i < most; ++i) others.emplace_back([&] { work(false); });
    work(shown);
  }
  if (shown) fmt::print(stderr, "\r{:60}\r", "");
}

}  // namespace pf::sim
