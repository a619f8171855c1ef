// Milliseconds per picture of the coded picture, conversion included: what a session pays between
// delivered and encoded. The counters are CPU time of the parts and the mean size of a picture.
#include <vector>

#include <benchmark/benchmark.h>

#include "core/runtime/system_clock.h"
#include "host/encode/modules.h"
#include "pattern/painter.h"

namespace pf::encode {
namespace {

struct Meter final : PartSink {
  void on_part(const AccessUnitPart& part) noexcept override { bytes += part.bytes.size(); }
  std::size_t bytes = 0;
};

void encode(benchmark::State& state, const char* name) {
  const auto module = load_module(name);
  if (!module) return state.SkipWithError(module.error().what.c_str());
  const SizePx size{static_cast<std::uint32_t>(state.range(0)),
                    static_cast<std::uint32_t>(state.range(1))};
  const SystemClock clock;
  const auto encoder = (*module)->open({.size_px = size,
                                        .refresh = {60, 1},
                                        .bitrate_kbps = 20'000,
                                        .slices = static_cast<std::uint32_t>(state.range(2))},
                                       clock);
  if (!encoder) return state.SkipWithError(encoder.error().what.c_str());
  pattern::Painter painter(size);
  std::vector<std::byte> pixels(std::size_t{size.width} * size.height * 4);
  const pattern::Canvas canvas{pixels.data(), size, size.width * 4};
  painter.prepare(canvas);
  Meter meter;
  Nanos convert_cost{0}, encode_cost{0};
  std::uint32_t number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    painter.draw({.frame_number = number, .drawn_at = milliseconds(16) * number}, canvas);
    capture::RawFrame frame{.image = {canvas.pixels, size, canvas.stride_bytes}};
    for (const RectPx& area : painter.damage()) (void)frame.damage_px.push(area);
    state.ResumeTiming();
    if (!(*encoder)->encode(std::move(frame), {.id = FrameId{number++}}, meter)) {
      return state.SkipWithError("failed");
    }
    convert_cost += (*encoder)->last_cost().convert;
    encode_cost += (*encoder)->last_cost().encode;
  }
  const auto mean_ms = [&](Nanos total) {
    return static_cast<double>(total.count()) / 1e6 / number;
  };
  state.counters["convert_ms"] = mean_ms(convert_cost);
  state.counters["encode_ms"] = mean_ms(encode_cost);
  state.counters["kbyte"] = static_cast<double>(meter.bytes) / 1000 / number;
}

// Width, height, slices.
void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Args({1280, 720, 1})
      ->Args({1280, 720, 4})
      ->Args({1920, 1080, 1})
      ->Unit(benchmark::kMillisecond);
}
BENCHMARK_CAPTURE(encode, x264, "x264")->Apply(sizes);
BENCHMARK_CAPTURE(encode, openh264, "openh264")->Apply(sizes);

}  // namespace
}  // namespace pf::encode
