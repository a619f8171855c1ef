#include "client/audio/pipewire/pipewire_input.h"

#include "core/runtime/sample_ring.h"
#include "sound/pipewire/stream.h"

namespace pf::client_audio {
namespace {

// Voice that nobody read for so long is not worth sending.
constexpr std::uint32_t kRingSamples = 9'600;  // 200 ms

class PipeWireInput final : public AudioInput {
 public:
  Result<void> open(const sound::ServerAddress& address, const std::string& name, Doorbell& bell) {
    PF_TRY(connection_, sound::Connection::open(address, &bell));
    sound::StreamSpec spec;
    spec.node_name = "punktfunk-voice";
    spec.description = name;
    spec.position = {sound::Speaker::mono};
    PF_TRY(stream_,
           sound::Stream::open(*connection_, spec, [this, &bell](const sound::StreamBlock& block) {
             ring_.push(block.samples);
             bell.ring();
           }));
    return {};
  }

  Result<bool> read(std::span<float> samples, Doorbell& bell, Nanos patience) override {
    if (ring_.size_frames() < samples.size()) {
      PF_TRY_VOID(stream_->check());
      bell.wait(patience);
      if (ring_.size_frames() < samples.size()) return false;
    }
    return ring_.pop(samples) == samples.size();
  }

 private:
  SampleRing ring_{1, kRingSamples};  // outlives the stream, whose thread fills it
  std::unique_ptr<sound::Connection> connection_;
  std::unique_ptr<sound::Stream> stream_;  // ends first
};

}  // namespace

Result<std::unique_ptr<AudioInput>> open_pipewire_input(const sound::ServerAddress& address,
                                                        const std::string& name, Doorbell& bell) {
  auto input = std::make_unique<PipeWireInput>();
  PF_TRY_VOID(input->open(address, name, bell));
  return input;
}

}  // namespace pf::client_audio
