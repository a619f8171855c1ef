// The beginning of a file that calls itself a picture.
#include "core/base/check.h"
#include "host/library/image_head.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto head = pf::library::parse_image_head({reinterpret_cast<const std::byte*>(data), size});
  PF_CHECK(!head ||
           (head->size_px.width > 0 && head->size_px.width <= pf::library::kMaxArtSidePx &&
            head->size_px.height > 0 && head->size_px.height <= pf::library::kMaxArtSidePx));
  return 0;
}
