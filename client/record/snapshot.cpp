#include "client/record/snapshot.h"

#include <png.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "core/base/bt709.h"

namespace pf::record {
namespace {

constexpr std::uint8_t kBt709 = 1,
                       kUnspecified =
                           2;  // H.273; the latter is what HD video means without saying so

std::vector<std::uint8_t> to_srgb(const decode::DecodedPicture& picture, SizePx visible) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(std::size_t{visible.width} * visible.height * 3);
  for (std::size_t y = 0; y < visible.height; ++y) {
    const std::uint8_t* const rows[] = {picture.planes[0] + y * picture.stride_bytes[0],
                                        picture.planes[1] + y / 2 * picture.stride_bytes[1],
                                        picture.planes[2] + y / 2 * picture.stride_bytes[2]};
    for (std::size_t x = 0; x < visible.width; ++x) {
      const std::size_t chroma = x / 2;
      const bt709::Yuv yuv{double(rows[0][x]), double(rows[1][chroma]), double(rows[2][chroma])};
      const bt709::Rgb rgb = bt709::to_rgb(yuv, picture.full_range);
      pixels.push_back(bt709::to_code(rgb.r));
      pixels.push_back(bt709::to_code(rgb.g));
      pixels.push_back(bt709::to_code(rgb.b));
    }
  }
  return pixels;
}

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

// libpng's own write-to-file removes what stands at the path when it fails, a device file too.
Result<void> save(const std::string& path, SizePx size, const std::vector<std::uint8_t>& pixels) {
  std::unique_ptr<std::FILE, Close> file(std::fopen(path.c_str(), "wbe"));
  if (!file) return fail_os(ErrorKind::refused, errno, "cannot write " + path);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = size.width;
  image.height = size.height;
  image.format = PNG_FORMAT_RGB;
  if (png_image_write_to_stdio(&image, file.get(), 0, pixels.data(), 0, nullptr) == 0) {
    return fail(ErrorKind::refused, "cannot write {}: {}", path, image.message);
  }
  // What is still in the buffer may meet a full disk.
  if (std::fclose(file.release()) != 0)
    return fail_os(ErrorKind::exhausted, errno, "cannot write " + path);
  return {};
}

}  // namespace

Result<void> write_png(const std::string& path, const decode::DecodedPicture& picture,
                       SizePx visible) {
  if (picture.matrix != kBt709 && picture.matrix != kUnspecified) {
    return fail(ErrorKind::unavailable,
                "a picture with colour matrix {} cannot be saved: only BT.709", picture.matrix);
  }
  if (visible.width > picture.size_px.width || visible.height > picture.size_px.height) {
    return fail(ErrorKind::malformed, "a picture of {}x{} does not show {}x{}",
                picture.size_px.width, picture.size_px.height, visible.width, visible.height);
  }
  return save(path, visible, to_srgb(picture, visible));
}

}  // namespace pf::record
