// What the frame path pays for being recorded: ns for each frame.
#include <benchmark/benchmark.h>

#include "host/recorder/hitch_finder.h"
#include "host/recorder/session_trace.h"
#include "host/recorder/timeline.h"

namespace pf::recorder {
namespace {

// Everything that the three threads of a session write about one frame.
void record_one_frame(benchmark::State& state) {
  SessionTrace trace;
  std::uint64_t number = 0;
  for (auto _ : state) {
    trace.add(PictureRow{.id = FrameId{number}, .captured = LocalTime(Nanos(number))});
    trace.add(FrameRow{.id = FrameId{number}, .captured = LocalTime(Nanos(number))});
    trace.add(ClientRow{.captured = LocalTime(Nanos(number))});
    ++number;
  }
}
BENCHMARK(record_one_frame);

// What a reader pays, on a thread of its own: a minute at 60 Hz, joined and judged.
void join_and_judge_a_minute(benchmark::State& state) {
  SessionTrace trace;
  for (std::uint64_t i = 0; i < 3600; ++i) {
    const LocalTime at(Nanos(1 + i * 16'666'667));
    trace.add(PictureRow{.id = FrameId{i}, .captured = at, .delivered = at});
    trace.add(FrameRow{.id = FrameId{i}, .captured = at, .delivered = at, .last_sent = at});
    trace.add(ClientRow{.captured = at, .received = at, .decoded = at});
  }
  for (auto _ : state) {
    const auto pictures = trace.pictures().rows();
    const auto frames = trace.frames().rows();
    const auto clients = trace.clients().rows();
    const auto rows =
        join({.pictures = pictures, .frames = frames, .clients = clients, .losses = {}});
    benchmark::DoNotOptimize(HitchFinder().find(rows));
  }
}
BENCHMARK(join_and_judge_a_minute)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pf::recorder
