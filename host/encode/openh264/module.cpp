#include "host/encode/modules.h"
#include "host/encode/openh264/openh264_encoder.h"

namespace pf::encode::openh264 {
namespace {

Result<EncoderCaps> probe() {
  const OpenH264Version version = WelsGetCodecVersion();
  return EncoderCaps{.codec = Codec::h264,
                     .largest_px = kLargestPx,
                     .description = fmt::format("OpenH264 {}.{}.{}", version.uMajor, version.uMinor,
                                                version.uRevision)};
}

const EncoderBackend kBackend{"openh264", probe, OpenH264Encoder::open};
const EncoderModule kModule{kModuleInterface, kModuleBuild, &kBackend};

}  // namespace
}  // namespace pf::encode::openh264

__attribute__((visibility("default"))) const pf::encode::EncoderModule*
punktfunk_encoder_module() noexcept {
  return &pf::encode::openh264::kModule;
}
