#include "host/audio/pipewire/mic_node.h"

#include "host/audio/mic_ring.h"
#include "sound/pipewire/manager_watch.h"
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

  Result<void> stand(const sound::ServerAddress& address, Doorbell& bell) {
    PF_TRY(manager_connection_, sound::Connection::open(address, &bell));
    PF_TRY(manager_, sound::ManagerWatch::open(*manager_connection_, address));
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
  Result<void> alive() noexcept override {
    PF_TRY_VOID(stream_->check());
    return manager_connection_->check();
  }
  void discard() noexcept override { ring_.discard(); }
  bool recorded() const noexcept override { return ring_.heard(clock_.now()); }
  bool muted() const noexcept override { return stream_->muted(); }

 private:
  const Clock& clock_;
  MicRing ring_;  // outlives the stream, whose thread asks it
  const std::unique_ptr<sound::Connection> connection_;
  // The node stands also while nobody streams: then it is on it to help the next session manager,
  // which would wait for a node that the one before left behind. A connection of its own, see
  // ManagerWatch.
  std::unique_ptr<sound::Connection> manager_connection_;
  std::unique_ptr<sound::ManagerWatch> manager_;
  std::unique_ptr<sound::Stream> stream_;  // ends first
};

}  // namespace

OpenMicSink mic_backend(const sound::ServerAddress& address, const Clock& clock) {
  return [address, &clock](Doorbell& bell) -> Result<std::unique_ptr<MicSink>> {
    PF_TRY(auto connection, sound::Connection::open(address, &bell));
    auto node = std::make_unique<MicNode>(std::move(connection), clock);
    PF_TRY_VOID(node->stand(address, bell));
    return node;
  };
}

}  // namespace pf::audio::pipewire
