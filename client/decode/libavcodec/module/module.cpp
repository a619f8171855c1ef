#include "client/decode/libavcodec/libavcodec_decoder.h"
#include "client/decode/modules.h"

namespace {

const pf::decode::DecoderModule kModule{pf::decode::kModuleInterface, pf::decode::kModuleBuild,
                                        pf::decode::open_libavcodec_decoder};

}  // namespace

__attribute__((visibility("default"))) const pf::decode::DecoderModule*
punktfunk_decoder_module() noexcept {
  return &kModule;
}
