// A program that plays a tone, as a game would: a stream into the sound server that the host and
// its desktops use. The library's thread plays; one owner.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.h"
#include "sound/pipewire/stream.h"

namespace pf::doctor {

class ToneProgram {
 public:
  // 440 Hz on the left, 550 Hz on the right (host/audio/tone). `sink`: its node name; empty: the
  // default device.
  static Result<std::unique_ptr<ToneProgram>> start(const sound::ServerAddress& server,
                                                    const std::string& sink);

 private:
  std::uint64_t played_ = 0;  // library's thread
  std::unique_ptr<sound::Connection> connection_;
  std::unique_ptr<sound::Stream> stream_;  // ends first
};

}  // namespace pf::doctor
