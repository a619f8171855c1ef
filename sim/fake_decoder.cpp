#include "sim/fake_decoder.h"

namespace pf::sim {

Decoded FakeDecoder::decode(FrameId id, Bytes access_unit) {
  const std::optional<FakePicture> picture = parse_access_unit(seed_, access_unit);
  if (!picture || picture->id != id) {
    held_.reset();
    return Decoded::wrong_bytes;
  }
  if (!picture->is_key_frame() && picture->reference != held_) {
    held_.reset();
    return Decoded::missing_reference;
  }
  held_ = id;
  return Decoded::good;
}

}  // namespace pf::sim
