// Milliseconds per frame of drawing and of reading the coded picture.
#include <vector>

#include <benchmark/benchmark.h>

#include "pattern/painter.h"
#include "pattern/reader.h"

namespace pf::pattern {
namespace {

SizePx size_of(const benchmark::State& state) {
  return {static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1))};
}

void draw(benchmark::State& state) {
  const SizePx size = size_of(state);
  std::vector<std::byte> pixels(std::size_t{size.width} * size.height * 4);
  const Canvas canvas{pixels.data(), size, size.width * 4};
  Painter painter(size);
  painter.prepare(canvas);
  Stamp stamp;
  for (auto _ : state) {
    ++stamp.frame_number;
    stamp.drawn_at += milliseconds(16);
    painter.draw(stamp, canvas);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(draw)->Args({1280, 720})->Args({1920, 1080})->Unit(benchmark::kMillisecond);

void read(benchmark::State& state) {
  const SizePx size = size_of(state);
  const std::vector<std::uint8_t> luma(std::size_t{size.width} * size.height, 16);
  const YuvView view{.size_px = size, .planes = {luma.data()}, .stride_bytes = {size.width}};
  for (auto _ : state) benchmark::DoNotOptimize(read_picture(view));
}
BENCHMARK(read)->Args({1280, 720})->Args({1920, 1080})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pf::pattern
