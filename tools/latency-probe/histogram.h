// A histogram as lines of text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace pf::latency_probe {

// One row for each bucket, as many as make a page, with a bar; what lies beyond the 99.5th
// percentile is one row at the end. `values_ns` in any order; empty: an empty text.
std::string histogram(std::vector<std::int64_t> values_ns);

}  // namespace pf::latency_probe
