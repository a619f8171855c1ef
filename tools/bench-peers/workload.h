// What every program of bench-peers does alike; the contract stands in README.md.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace pf::bench_peers {

struct Shape {
  std::string op;
  unsigned k = 0;
  unsigned m = 0;
  unsigned bytes = 0;
  unsigned lost = 0;
};

inline std::uint64_t splitmix64(std::uint64_t& state) {
  std::uint64_t z = state += 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

// The shape's original data, followed by room for `more` bytes.
inline std::vector<unsigned char> original_data(const Shape& shape, std::size_t more) {
  const std::size_t bytes = std::size_t{shape.k} * shape.bytes;
  std::vector<unsigned char> data(bytes + more);
  std::uint64_t state = 1;
  for (std::size_t at = 0; at + 8 <= bytes; at += 8) {
    const std::uint64_t word = splitmix64(state);  // little-endian machines only, as are the peers
    std::memcpy(data.data() + at, &word, 8);
  }
  return data;
}

class Checksum {
 public:
  void add(const unsigned char* data, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) value_ = (value_ ^ data[i]) * 0x100000001B3;
  }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xCBF29CE484222325;
};

inline bool is_lost(const Shape& shape, unsigned data_index) {
  for (unsigned i = 0; i < shape.lost; ++i) {
    if (std::uint64_t{i} * shape.k / shape.lost == data_index) return true;
  }
  return false;
}

// Nanoseconds of one call of `work`.
template <class Work>
double time_ns(double milliseconds, Work work) {
  using Clock = std::chrono::steady_clock;
  constexpr double kBatchNs = 500'000;
  const auto batch_ns = [&](unsigned calls) {
    const auto begin = Clock::now();
    for (unsigned i = 0; i < calls; ++i) work();
    return std::chrono::duration<double, std::nano>(Clock::now() - begin).count();
  };
  work();
  const auto calls = static_cast<unsigned>(std::max(1.0, kBatchNs / batch_ns(1) + 1));
  double best = batch_ns(calls);
  for (double spent = best; spent < milliseconds * 1e6;) {
    const double now = batch_ns(calls);
    spent += now;
    best = std::min(best, now);
  }
  return best / calls;
}

inline void report(const char* name, const Shape& shape, double ns, std::uint64_t checksum) {
  std::printf("%s %s %u %u %u %u %.1f %016llx\n", name, shape.op.c_str(), shape.k, shape.m,
              shape.bytes, shape.lost, ns, static_cast<unsigned long long>(checksum));
}

// Calls run(shape, milliseconds) for every shape of the command line; the exit code.
template <class Run>
int for_each_shape(int argc, char** argv, Run run) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: %s MILLISECONDS OP:K:M:BYTES:LOST...\n", argv[0]);
    return 2;
  }
  const double milliseconds = std::atof(argv[1]);
  for (int i = 2; i < argc; ++i) {
    char op[32];
    Shape shape;
    if (std::sscanf(argv[i], "%31[^:]:%u:%u:%u:%u", op, &shape.k, &shape.m, &shape.bytes,
                    &shape.lost) != 5) {
      std::fprintf(stderr, "%s: %s is no OP:K:M:BYTES:LOST\n", argv[0], argv[i]);
      return 2;
    }
    shape.op = op;
    run(shape, milliseconds);
  }
  return 0;
}

}  // namespace pf::bench_peers
