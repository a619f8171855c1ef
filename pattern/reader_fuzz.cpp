// Any size and any luma: the reader stays within the plane.
#include <cstdint>
#include <vector>

#include "core/base/bytes.h"
#include "pattern/card.h"
#include "pattern/reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  pf::ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  const pf::SizePx picture_px{in.little<std::uint16_t>() % 2000u,
                              in.little<std::uint16_t>() % 1200u};
  std::vector<std::uint8_t> plane(std::size_t{picture_px.width} * picture_px.height);
  const pf::Bytes rest = in.rest();
  for (std::size_t i = 0; i < plane.size() && !rest.empty(); ++i) {
    plane[i] = std::to_integer<std::uint8_t>(rest[i / 16 % rest.size()]);
  }
  const pf::pattern::YuvView view{
      .size_px = picture_px,
      .planes = {plane.data(), plane.data(), plane.data()},
      .stride_bytes = {picture_px.width, (picture_px.width + 1) / 2, (picture_px.width + 1) / 2}};
  if (pf::pattern::read_picture(view)) (void)pf::pattern::check_card(view);
  return 0;
}
