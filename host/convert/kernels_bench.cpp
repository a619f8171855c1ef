// Milliseconds per whole frame, beside the libraries that could do it: zimg (BT.709) and libyuv
// (BT.601 only, so a yardstick, not a candidate).
#include <vector>

#include <benchmark/benchmark.h>
#include <libyuv.h>
#include <zimg.h>

#include "host/convert/yuv_picture.h"

namespace pf::convert {
namespace {

struct Fixture {
  explicit Fixture(const benchmark::State& state, ChromaLayout layout)
      : size{static_cast<std::uint32_t>(state.range(0)),
             static_cast<std::uint32_t>(state.range(1))},
        pixels(std::size_t{size.width} * size.height * 4, std::byte{77}),
        image{pixels.data(), size, size.width * 4},
        picture(size, layout) {}
  SizePx size;
  std::vector<std::byte> pixels;
  capture::CpuImage image;
  YuvPicture picture;
};

void own(benchmark::State& state, const Kernel* kernel, ChromaLayout layout) {
  Fixture f(state, layout);
  for (auto _ : state) {
    kernel->convert(f.image, {0, 0, f.size.width, f.size.height}, f.picture.planes(),
                    kBt709Limited);
    benchmark::ClobberMemory();
  }
}

void libyuv_nv12_bt601(benchmark::State& state) {
  Fixture f(state, ChromaLayout::nv12);
  const YuvPlanes& to = f.picture.planes();
  for (auto _ : state) {
    libyuv::ARGBToNV12(reinterpret_cast<const std::uint8_t*>(f.pixels.data()),
                       static_cast<int>(f.image.stride_bytes), to.planes[0],
                       static_cast<int>(to.stride_bytes[0]), to.planes[1],
                       static_cast<int>(to.stride_bytes[1]), static_cast<int>(f.size.width),
                       static_cast<int>(f.size.height));
    benchmark::ClobberMemory();
  }
}

// zimg takes planar RGB only: libyuv splits the planes first, as an application would have to.
void zimg_i420_bt709(benchmark::State& state) {
  Fixture f(state, ChromaLayout::i420);
  const YuvPlanes& to = f.picture.planes();
  const std::size_t plane_bytes = std::size_t{f.size.width} * f.size.height;
  std::vector<std::uint8_t> planar(plane_bytes * 3 + 64);
  std::uint8_t* const aligned =
      planar.data() + (64 - reinterpret_cast<std::uintptr_t>(planar.data()) % 64) % 64;

  zimg_image_format rgb, yuv;
  zimg_image_format_default(&rgb, ZIMG_API_VERSION);
  rgb.width = f.size.width;
  rgb.height = f.size.height;
  rgb.pixel_type = ZIMG_PIXEL_BYTE;
  rgb.color_family = ZIMG_COLOR_RGB;
  rgb.matrix_coefficients = ZIMG_MATRIX_RGB;
  rgb.transfer_characteristics = ZIMG_TRANSFER_BT709;
  rgb.color_primaries = ZIMG_PRIMARIES_BT709;
  rgb.pixel_range = ZIMG_RANGE_FULL;
  yuv = rgb;
  yuv.color_family = ZIMG_COLOR_YUV;
  yuv.matrix_coefficients = ZIMG_MATRIX_BT709;
  yuv.pixel_range = ZIMG_RANGE_LIMITED;
  yuv.subsample_w = yuv.subsample_h = 1;
  yuv.chroma_location = ZIMG_CHROMA_CENTER;
  zimg_graph_builder_params params;
  zimg_graph_builder_params_default(&params, ZIMG_API_VERSION);
  params.resample_filter_uv = ZIMG_RESIZE_BILINEAR;
  params.cpu_type = ZIMG_CPU_AUTO_64B;
  zimg_filter_graph* const graph = zimg_filter_graph_build(&rgb, &yuv, &params);
  std::size_t scratch_bytes = 0;
  zimg_filter_graph_get_tmp_size(graph, &scratch_bytes);
  void* const scratch = std::aligned_alloc(64, (scratch_bytes + 63) / 64 * 64);

  zimg_image_buffer_const from{ZIMG_API_VERSION};
  zimg_image_buffer into{ZIMG_API_VERSION};
  for (int plane = 0; plane < 3; ++plane) {
    from.plane[plane] = {aligned + plane_bytes * static_cast<std::size_t>(plane),
                         static_cast<std::ptrdiff_t>(f.size.width), ZIMG_BUFFER_MAX};
    into.plane[plane] = {to.planes[plane], static_cast<std::ptrdiff_t>(to.stride_bytes[plane]),
                         ZIMG_BUFFER_MAX};
  }
  const int width = static_cast<int>(f.size.width);
  for (auto _ : state) {
    libyuv::SplitARGBPlane(reinterpret_cast<const std::uint8_t*>(f.pixels.data()),
                           static_cast<int>(f.image.stride_bytes), aligned, width,
                           aligned + plane_bytes, width, aligned + 2 * plane_bytes, width, nullptr,
                           0, width, static_cast<int>(f.size.height));
    zimg_filter_graph_process(graph, &from, &into, scratch, nullptr, nullptr, nullptr, nullptr);
    benchmark::ClobberMemory();
  }
  std::free(scratch);
  zimg_filter_graph_free(graph);
}

[[maybe_unused]] const bool registered = [] {
  for (const Kernel& kernel : kernels()) {
    if (!kernel.runs_here()) continue;
    for (const auto layout : {ChromaLayout::nv12, ChromaLayout::i420}) {
      const std::string name =
          std::string(kernel.name) + (layout == ChromaLayout::nv12 ? "_nv12" : "_i420") + "_bt709";
      benchmark::RegisterBenchmark(name.c_str(), own, &kernel, layout)
          ->Args({1280, 720})
          ->Args({1920, 1080})
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();
BENCHMARK(libyuv_nv12_bt601)->Args({1280, 720})->Args({1920, 1080})->Unit(benchmark::kMillisecond);
BENCHMARK(zimg_i420_bt709)->Args({1280, 720})->Args({1920, 1080})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace pf::convert
