#include "host/native/native_sound.h"

#include <algorithm>

namespace pf::native {

void NativeSound::offer(Bytes frame, LocalTime captured_at) noexcept {
  const Bytes framed = framer_.frame(frame, WireTime(captured_at.since_epoch() + wire_offset_));
  if (framed.empty()) return;
  Datagram datagram;
  std::copy(framed.begin(), framed.end(), datagram.room.begin());
  datagram.bytes = framed.size();
  datagram.offered_at = clock_.now();
  // The control thread has not looked for so long that all of the queue is late: it drops that,
  // and this frame may join it.
  if (!queue_.try_push(std::move(datagram))) ++counts_.dropped;
  control_bell_.ring();
}

}  // namespace pf::native
