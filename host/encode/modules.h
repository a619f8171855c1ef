// Encoders that are loaded at run time, because their licence must not reach the host (libx264:
// GPL) or because their libraries may be absent.
//
// A module is a shared object `punktfunk-encoder-NAME.so` that exports one C function,
// `punktfunk_encoder_module`. C++ objects cross its border, so module and host must come from one
// build: the numbers are compared before anything else is touched.
#pragma once

#include <cstdint>
#include <string_view>

#include "host/encode/encoder.h"

namespace pf::encode {

inline constexpr std::uint32_t kModuleInterface =
    1;  // +1 with each change of encoder.h or of what it includes
inline constexpr const char* kModuleBuild = PF_VERSION " " __VERSION__;

struct EncoderModule {
  std::uint32_t interface = 0;
  const char* build = nullptr;
  const EncoderBackend* backend = nullptr;  // lives as long as the process
};

// Those there may be, the best first.
inline constexpr std::string_view kModuleNames[] = {"x264", "openh264"};

// `x264` and the like. Looked for in the folder of the running program, then in ../lib/punktfunk. A
// module stays loaded until the process ends. `unavailable` says what is missing.
Result<const EncoderBackend*> load_module(std::string_view name);

}  // namespace pf::encode

extern "C" const pf::encode::EncoderModule* punktfunk_encoder_module() noexcept;
