// The backends a session was planned with, as plain functions: the pipeline sees interfaces, never
// a backend's folder. Tests hand it fakes.
#pragma once

#include <functional>
#include <memory>

#include "host/audio/audio_source.h"
#include "host/capture/source.h"
#include "host/display/display.h"
#include "host/encode/encoder.h"
#include "host/input/gamepad_sink.h"
#include "host/input/input_sink.h"

namespace pf::pipeline {

struct Backends {
  std::function<Result<std::unique_ptr<display::VirtualDisplay>>(const display::DisplayRequest&)>
      open_display;
  std::function<Result<std::unique_ptr<capture::VideoSource>>(display::CaptureTarget, const Clock&)>
      open_source;
  std::function<Result<std::unique_ptr<encode::Encoder>>(const encode::EncodeRequest&,
                                                         const Clock&)>
      open_encoder;
  // Empty: this host has no sound. See audio::AudioBackend.
  std::function<Result<std::unique_ptr<audio::AudioSource>>(const audio::SourceRequest&, Doorbell&,
                                                            const Clock&)>
      open_sound;
  // Without these two a session takes no input. `input_target`: of the display that is open; any
  // thread.
  std::function<Result<display::InputTarget>()> input_target;
  std::function<Result<std::unique_ptr<input::InputSink>>(display::InputTarget)> open_input;
  input::OpenGamepads open_gamepads;  // empty: events of gamepads are the input sink's too
};

}  // namespace pf::pipeline
