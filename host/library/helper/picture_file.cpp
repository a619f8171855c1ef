#include "host/library/helper/picture_file.h"

#include <png.h>

#include <cstring>

#include "host/library/art_file.h"
#include "host/library/foreign_files.h"
#include "host/library/helper/jpeg_pixels.h"
#include "host/library/image_head.h"

namespace pf::library {
namespace {

// What a Moonlight client shows of a game's box is smaller.
constexpr std::uint32_t kWidestPx = 600;

Result<std::string> png_of(const RgbPixels& pixels) {
  png_image image;
  std::memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = pixels.size_px.width;
  image.height = pixels.size_px.height;
  image.format = PNG_FORMAT_RGB;
  image.flags = PNG_IMAGE_FLAG_FAST;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string png(size, '\0');
  if (png_image_write_to_memory(&image, png.data(), &size, 0, pixels.bytes.data(), 0, nullptr) == 0)
    return fail(ErrorKind::internal, "a picture cannot be written: {}", image.message);
  png.resize(size);
  return png;
}

}  // namespace

Result<Picture> load_picture(const std::string& path, bool as_png) {
  PF_TRY(std::string bytes, read_foreign_file(path, kMaxArtBytes));
  const auto head = parse_image_head(as_bytes(bytes));
  if (!head) return fail(ErrorKind::refused, "{} is no PNG, JPEG or WebP picture", path);
  if (!as_png || head->format == ImageFormat::png)
    return Picture{std::string(media_type(head->format)), std::move(bytes)};
  if (head->format != ImageFormat::jpeg)
    return fail(ErrorKind::refused, "{} is a WebP picture, which Moonlight clients do not show",
                path);
  auto pixels = decode_jpeg(as_bytes(bytes), kWidestPx);
  if (!pixels) return fail(ErrorKind::malformed, "{}: {}", path, pixels.error().what);
  PF_TRY(std::string png, png_of(*pixels));
  return Picture{"image/png", std::move(png)};
}

}  // namespace pf::library
