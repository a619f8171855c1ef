#include "host/audio/pipewire/mic_node.h"

#include "host/audio/mic_ring.h"
#include "sound/pipewire/stream.h"

namespace pf::audio::pipewire {
namespace {

sound::StreamSpec mic_spec() {
  sound::StreamSpec spec;
  spec.node_name = kMicNodeName;
  spec.description = "Punktfunk microphone";
  spec.direction = sound::StreamDirection::into_graph;
  spec.media_class = "Audio/Source";
  spec.position = {sound::Speaker::mono};
  // Hardware has 1000 and more: a microphone of the machine's own comes first.
  spec.properties = {{"priority.session", "10"}, {"node.virtual", "true"}};
  return spec;
}

class MicNode final : public MicSink {
 public:
  MicNode(std::unique_ptr<sound::Connection> connection, const Clock& clock)
      : clock_(clock), connection_(std::move(connection)) {}

  Result<void> stand() {
    PF_TRY(stream_,
           sound::Stream::open(*connection_, mic_spec(), [this](const sound::StreamBlock& block) {
             ring_.pull(block.samples, clock_.now());
           }));
    return {};
  }

  bool push(std::span<const float> samples) noexcept override {
    const LocalTime now = clock_.now();
    ring_.push(samples, now);
    return ring_.heard(now);
  }
  Result<void> alive() noexcept override { return stream_->check(); }
  void discard() noexcept override { ring_.discard(); }
  bool recorded() const noexcept override { return ring_.heard(clock_.now()); }
  bool muted() const noexcept override { return stream_->muted(); }

 private:
  const Clock& clock_;
  MicRing ring_;  // outlives the stream, whose thread asks it
  const std::unique_ptr<sound::Connection> connection_;
  std::unique_ptr<sound::Stream> stream_;  // ends first
};

}  // namespace

OpenMicSink mic_backend(const sound::ServerAddress& address, const Clock& clock) {
  return [address, &clock](Doorbell& bell) -> Result<std::unique_ptr<MicSink>> {
    PF_TRY(auto connection, sound::Connection::open(address, &bell));
    auto node = std::make_unique<MicNode>(std::move(connection), clock);
    PF_TRY_VOID(node->stand());
    return node;
  };
}

}  // namespace pf::audio::pipewire
