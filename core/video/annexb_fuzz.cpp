// Units are within the stream, in order, not empty, and without start codes.
#include <cstdint>

#include "core/base/check.h"
#include "core/video/annexb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const pf::Bytes stream{reinterpret_cast<const std::byte*>(data), size};
  const std::byte* last_end = stream.data();
  pf::video::NalReader reader(stream);
  while (const auto unit = reader.next()) {
    PF_CHECK(!unit->bytes.empty());
    PF_CHECK(unit->bytes.data() >= last_end);
    last_end = unit->bytes.data() + unit->bytes.size();
    PF_CHECK(last_end <= stream.data() + size);
  }
  (void)pf::video::parameter_sets_of_key_frame(stream);
  return 0;
}
