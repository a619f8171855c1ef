// Many independent runs on several threads, with progress and what is left of it on the terminal.
#pragma once

#include <cstddef>
#include <functional>

namespace pf::sim {

// Calls `run(index)` for each index below `count`, in order of starting, on `jobs` threads at a
// time; runs share nothing. Says on standard error how far it is, if that is a terminal.
void run_batch(std::size_t count, unsigned jobs, const std::function<void(std::size_t)>& run);

}  // namespace pf::sim
