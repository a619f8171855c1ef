#include "core/base/check.h"
#include "host/capture/desktop/channel_message.h"

// What is accepted lies within its own bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf::capture::desktop;
  const auto news = parse_channel_message({reinterpret_cast<const std::byte*>(data), size});
  if (!news) return 0;
  const auto* frame = std::get_if<FrameNews>(&*news);
  if (frame == nullptr) return 0;
  PF_CHECK(frame->size_px.width > 0 && frame->size_px.height > 0);
  PF_CHECK(frame->stride_bytes / 4 >= frame->size_px.width);
  PF_CHECK(frame->memory_bytes / frame->stride_bytes >= frame->size_px.height);
  for (const pf::RectPx& rect : frame->damage_px) {
    PF_CHECK(rect.width > 0 && std::uint64_t{rect.x} + rect.width <= frame->size_px.width);
    PF_CHECK(rect.height > 0 && std::uint64_t{rect.y} + rect.height <= frame->size_px.height);
  }
  return 0;
}
