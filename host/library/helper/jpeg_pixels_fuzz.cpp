// JPEGs of strangers, small ones: the library itself is somebody else's to fuzz, our leaps out of
// it are not.
#include "core/base/check.h"
#include "host/library/helper/jpeg_pixels.h"
#include "host/library/image_head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pf::Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto head = pf::library::parse_image_head(bytes);
  if (!head || head->size_px.width > 256 || head->size_px.height > 256) return 0;
  const auto pixels = pf::library::decode_jpeg(bytes, 64);
  PF_CHECK(!pixels ||
           pixels->bytes.size() == std::size_t{3} * pixels->size_px.width * pixels->size_px.height);
  return 0;
}
