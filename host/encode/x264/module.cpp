#include "host/encode/modules.h"
#include "host/encode/x264/x264_encoder.h"

namespace pf::encode::x264 {
namespace {

Result<EncoderCaps> probe() {
  return EncoderCaps{.codec = Codec::h264,
                     .largest_px = kLargestPx,
                     .description = fmt::format("x264 core {}, {}", X264_BUILD, kPreset)};
}

const EncoderBackend kBackend{"x264", probe, X264Encoder::open};
const EncoderModule kModule{kModuleInterface, kModuleBuild, &kBackend};

}  // namespace
}  // namespace pf::encode::x264

__attribute__((visibility("default"))) const pf::encode::EncoderModule*
punktfunk_encoder_module() noexcept {
  return &pf::encode::x264::kModule;
}
