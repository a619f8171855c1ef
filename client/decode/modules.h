// Decoders that are loaded at run time, for programs that need one rarely: the host, whose doctor
// looks at its own pictures, would else carry FFmpeg about while it serves.
//
// A module is a shared object `punktfunk-decoder-NAME.so` that exports one C function,
// `punktfunk_decoder_module`. C++ objects cross its border, so module and program must come from
// one build: the numbers are compared before anything else is touched.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "client/decode/decoder.h"

namespace pf::decode {

// +1 with each change of decoder.h or of what it includes.
inline constexpr std::uint32_t kModuleInterface = 1;
inline constexpr const char* kModuleBuild = PF_VERSION " " __VERSION__;

struct DecoderModule {
  std::uint32_t interface = 0;
  const char* build = nullptr;
  Result<std::unique_ptr<Decoder>> (*open)() = nullptr;
};

// `libavcodec`. Looked for as core/runtime/installed.h says. `unavailable` says what is missing.
Result<const DecoderModule*> load_module(std::string_view name);

}  // namespace pf::decode

extern "C" const pf::decode::DecoderModule* punktfunk_decoder_module() noexcept;
