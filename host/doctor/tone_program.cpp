#include "host/doctor/tone_program.h"

#include <cmath>
#include <numbers>

#include "host/audio/tone/tone_source.h"

namespace pf::doctor {

Result<std::unique_ptr<ToneProgram>> ToneProgram::start(const sound::ServerAddress& server,
                                                        const std::string& sink) {
  auto program = std::make_unique<ToneProgram>();
  PF_TRY(program->connection_, sound::Connection::open(server, nullptr));
  const auto play = [&played = program->played_](const sound::StreamBlock& block) {
    for (std::size_t i = 0; i + 1 < block.samples.size(); i += 2, ++played) {
      // All frequencies repeat every second.
      const double at_s = static_cast<double>(played % sound::kSampleRateHz) / sound::kSampleRateHz;
      for (std::size_t channel = 0; channel < 2; ++channel) {
        const double phase = 2 * std::numbers::pi * audio::tone::frequency_hz(channel) * at_s;
        block.samples[i + channel] = audio::tone::kAmplitude * static_cast<float>(std::sin(phase));
      }
    }
  };
  PF_TRY(program->stream_,
         sound::Stream::open(*program->connection_,
                             {.node_name = "punktfunk-doctor",
                              .description = "punktfunk doctor",
                              .direction = sound::StreamDirection::into_graph,
                              .media_class = "",
                              .position = {sound::Speaker::front_left, sound::Speaker::front_right},
                              .target = sink,
                              .properties = {}},
                             play));
  return program;
}

}  // namespace pf::doctor
