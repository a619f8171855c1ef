#include "host/stills/small_picture.h"

#include <algorithm>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include <jpeglib.h>

#include "core/base/check.h"

namespace pf::stills {
namespace {

constexpr std::size_t kBytesPerPixel = 4;
// The sums of a square's rows are of 16 bits.
constexpr std::uint32_t kLargestFactor = 65'535 / 255;
// Text stays readable; at 90 a file is half as large again.
constexpr int kQuality = 82;

void add_row(std::vector<std::uint16_t>& sums, const std::byte* row) {
  for (std::size_t i = 0; i < sums.size(); ++i)
    sums[i] = static_cast<std::uint16_t>(sums[i] + std::to_integer<std::uint16_t>(row[i]));
}

void write_means(std::byte* out, const std::vector<std::uint16_t>& sums, std::uint32_t factor,
                 std::uint32_t row_count) {
  const std::uint32_t pixel_count = factor * row_count;
  const std::size_t width = sums.size() / kBytesPerPixel / factor;
  for (std::size_t x = 0; x < width; ++x) {
    const std::uint16_t* square = &sums[x * factor * kBytesPerPixel];
    for (std::size_t channel = 0; channel < kBytesPerPixel; ++channel) {
      std::uint32_t sum = pixel_count / 2;
      for (std::uint32_t i = 0; i < factor; ++i) sum += square[i * kBytesPerPixel + channel];
      *out++ = static_cast<std::byte>(sum / pixel_count);
    }
  }
}

// libjpeg's own way out ends the program.
struct Errors {
  jpeg_error_mgr manager{};
  std::jmp_buf way_out{};
};
[[noreturn]] void leave(j_common_ptr codec) {
  std::longjmp(reinterpret_cast<Errors*>(codec->err)->way_out, 1);  // NOLINT(cert-err52-cpp)
}
void say_nothing(j_common_ptr) {}

struct File {
  unsigned char* bytes = nullptr;  // malloc'ed
  unsigned long size_bytes = 0;
};

// Nothing here has a destructor, so that leaving by longjmp is no harm.
bool compress(const SmallPicture& picture, File& file) {
  jpeg_compress_struct codec{};
  Errors errors;
  codec.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = leave;
  errors.manager.output_message = say_nothing;
  if (setjmp(errors.way_out) != 0) {  // NOLINT(cert-err52-cpp)
    jpeg_destroy_compress(&codec);
    return false;
  }
  jpeg_create_compress(&codec);
  jpeg_mem_dest(&codec, &file.bytes, &file.size_bytes);
  codec.image_width = picture.size_px.width;
  codec.image_height = picture.size_px.height;
  codec.input_components = static_cast<int>(kBytesPerPixel);
  codec.in_color_space = JCS_EXT_BGRX;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, kQuality, TRUE);
  jpeg_start_compress(&codec, TRUE);
  const std::size_t stride_bytes = picture.size_px.width * kBytesPerPixel;
  while (codec.next_scanline < codec.image_height) {
    // libjpeg reads only, whatever its types say.
    auto* row = const_cast<JSAMPLE*>(
        reinterpret_cast<const JSAMPLE*>(picture.bgrx.data() + codec.next_scanline * stride_bytes));
    jpeg_write_scanlines(&codec, &row, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  return true;
}

}  // namespace

SmallPicture shrink(const capture::CpuImage& image, std::uint32_t most_width_px) {
  const auto [width, height] = image.size_px;
  PF_CHECK(most_width_px > 0 && width > 0 && height > 0);
  const std::uint32_t factor =
      std::clamp((width + most_width_px - 1) / most_width_px, 1u, kLargestFactor);
  const std::uint32_t row_count = std::min(factor, height);
  SmallPicture small{.size_px = {std::max(1u, width / factor), height / row_count}, .bgrx = {}};
  const std::size_t row_bytes = small.size_px.width * kBytesPerPixel;
  small.bgrx.resize(row_bytes * small.size_px.height);
  std::vector<std::uint16_t> sums(std::size_t{small.size_px.width} * factor * kBytesPerPixel);
  for (std::uint32_t y = 0; y < small.size_px.height; ++y) {
    std::fill(sums.begin(), sums.end(), std::uint16_t{0});
    for (std::uint32_t i = 0; i < row_count; ++i)
      add_row(sums, image.pixels + (std::size_t{y} * row_count + i) * image.stride_bytes);
    write_means(small.bgrx.data() + y * row_bytes, sums, factor, row_count);
  }
  return small;
}

Result<std::string> to_jpeg(const SmallPicture& picture) {
  File file;
  const bool done = compress(picture, file);
  std::string jpeg;
  if (done) jpeg.assign(reinterpret_cast<const char*>(file.bytes), file.size_bytes);
  std::free(file.bytes);
  if (!done) return fail(ErrorKind::internal, "the picture could not be made a JPEG file");
  return jpeg;
}

}  // namespace pf::stills
