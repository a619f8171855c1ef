#include "core/fec/codec_fuzzing.h"
#include "core/fec/gf16_codec.h"

using namespace pf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static fec::Gf16Codec codec({300, 200});
  fec::fuzz_codec(codec, {reinterpret_cast<const std::byte*>(data), size},
                  [](std::uint32_t k, std::uint32_t m) { return k <= 300 && m <= 200; });
  return 0;
}
