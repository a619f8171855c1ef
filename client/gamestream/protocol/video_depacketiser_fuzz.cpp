// Datagrams that a stranger could have sent: two bytes of length, then the datagram, again and
// again. Nothing may crash, and a frame that comes out was whole.
#include "client/gamestream/protocol/video_depacketiser.h"

#include "core/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf;
  constexpr std::uint16_t kPacketSize = 64;
  ByteReader in({reinterpret_cast<const std::byte*>(data), size});
  gamestream_client::VideoDepacketiser video(kPacketSize, size % 2 == 0);
  std::uint64_t frames = 0;
  while (in.remaining() > 0) {
    const std::size_t length = std::min<std::size_t>(in.little<std::uint16_t>(), in.remaining());
    if (const auto frame = video.take(in.take(length), LocalTime())) {
      PF_CHECK(!frame->access_unit.empty());
      ++frames;
    }
    while (video.next_wish()) {
    }
  }
  PF_CHECK(frames <= video.counts().frames);
  return 0;
}
