#include "host/library/helper/jpeg_pixels.h"

// The library's header wants these before it.
#include <cstddef>
#include <cstdio>

#include <jpeglib.h>

#include <csetjmp>

#include "host/library/image_head.h"

namespace pf::library {
namespace {

// The library's errors leap over its frames, and over ours below: those hold nothing that would
// have to be destroyed.
struct Leap {
  jpeg_error_mgr manager;
  std::jmp_buf to;
  char sentence[JMSG_LENGTH_MAX];
};

[[noreturn]] void leap(j_common_ptr codec) {
  Leap* const errors = reinterpret_cast<Leap*>(codec->err);
  errors->manager.format_message(codec, errors->sentence);
  std::longjmp(errors->to, 1);
}

void say_nothing(j_common_ptr) {}

bool read_size(jpeg_decompress_struct& codec, Leap& errors, Bytes jpeg, unsigned wide_enough_px) {
  if (setjmp(errors.to) != 0) return false;
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size());
  jpeg_read_header(&codec, TRUE);
  codec.out_color_space = JCS_RGB;
  codec.scale_num = 1;
  codec.scale_denom = 8;
  while (codec.scale_denom > 1 && codec.image_width / codec.scale_denom < wide_enough_px)
    codec.scale_denom /= 2;
  jpeg_calc_output_dimensions(&codec);
  return true;
}

bool read_rows(jpeg_decompress_struct& codec, Leap& errors, std::uint8_t* into,
               std::size_t row_bytes) {
  if (setjmp(errors.to) != 0) return false;
  jpeg_start_decompress(&codec);
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW row = into + codec.output_scanline * row_bytes;
    jpeg_read_scanlines(&codec, &row, 1);
  }
  jpeg_finish_decompress(&codec);
  return true;
}

Result<RgbPixels> decode(jpeg_decompress_struct& codec, Leap& errors, Bytes jpeg,
                         std::uint32_t wide_enough_px) {
  const auto broken = [&] {
    return fail(ErrorKind::malformed, "it cannot be decoded: {}", errors.sentence);
  };
  if (!read_size(codec, errors, jpeg, wide_enough_px)) return broken();
  if (codec.output_width > kMaxArtSidePx || codec.output_height > kMaxArtSidePx ||
      codec.output_components != 3)
    return fail(ErrorKind::malformed, "it cannot be decoded: too large, or no colours");
  RgbPixels pixels{.size_px = {codec.output_width, codec.output_height}, .bytes = {}};
  const std::size_t row_bytes = std::size_t{3} * codec.output_width;
  pixels.bytes.resize(row_bytes * codec.output_height);
  if (!read_rows(codec, errors, pixels.bytes.data(), row_bytes)) return broken();
  return pixels;
}

}  // namespace

Result<RgbPixels> decode_jpeg(Bytes jpeg, std::uint32_t wide_enough_px) {
  jpeg_decompress_struct codec{};
  Leap errors{};
  codec.err = jpeg_std_error(&errors.manager);
  errors.manager.error_exit = leap;
  errors.manager.output_message = say_nothing;
  jpeg_create_decompress(&codec);
  auto pixels = decode(codec, errors, jpeg, wide_enough_px);
  jpeg_destroy_decompress(&codec);
  return pixels;
}

}  // namespace pf::library
