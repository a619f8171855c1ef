#include "host/audio/pipewire/pipewire_source.h"

#include <algorithm>
#include <utility>

namespace pf::audio::pipewire {
namespace {

// Half a second: whoever reads later than that has other worries.
constexpr std::uint32_t kRingFrames = 24'000;
// What PipeWire takes for its cycle unless somebody asks for less; ours asks for 256.
constexpr std::uint32_t kLongestUsualCycle = 1024;
constexpr std::uint32_t kWishedCycle = 256;
// While programs play, what is not there has been held up, and comes later: silence in its place
// would tear a hole, and what comes then would be late for ever.
constexpr Nanos kHeldUp = milliseconds(60);

constexpr Nanos duration_of(std::uint64_t samples) noexcept {
  return Nanos(static_cast<std::int64_t>(samples) * 62'500 / 3);  // 48 kHz
}

sound::Speaker speaker_of(Speaker speaker) noexcept {
  switch (speaker) {
    case Speaker::mono:
      return sound::Speaker::mono;
    case Speaker::front_left:
      return sound::Speaker::front_left;
    case Speaker::front_right:
      return sound::Speaker::front_right;
    case Speaker::front_center:
      return sound::Speaker::front_centre;
    case Speaker::low_frequency:
      return sound::Speaker::low_frequency;
    case Speaker::rear_left:
      return sound::Speaker::rear_left;
    case Speaker::rear_right:
      return sound::Speaker::rear_right;
    case Speaker::side_left:
      return sound::Speaker::side_left;
    case Speaker::side_right:
      return sound::Speaker::side_right;
  }
  return sound::Speaker::mono;
}

sound::StreamSpec spec_of(const SpeakerLayout& layout) {
  sound::StreamSpec spec;
  spec.description = "punktfunk";
  spec.latency_frames = kWishedCycle;
  for (std::size_t i = 0; i < layout.channel_count; ++i)
    spec.position.push_back(speaker_of(layout.speakers[i]));
  return spec;
}

sound::StreamSpec sink_spec(const SpeakerLayout& layout) {
  sound::StreamSpec spec = spec_of(layout);
  spec.node_name = kSinkName;
  spec.media_class = "Audio/Sink";
  // It is nobody's battery: the next program that plays shall not wait for it to wake up.
  spec.properties = {{"session.suspend-timeout-seconds", "0"}};
  return spec;
}

// `target` empty: of the default device, whichever that becomes.
sound::StreamSpec monitor_spec(const SpeakerLayout& layout, const std::string& target) {
  sound::StreamSpec spec = spec_of(layout);
  spec.node_name = "punktfunk-monitor";
  spec.record_sink = true;
  spec.target = target;
  // Programs play there already, in the user's own cycles: shorter ones might silence them.
  if (target.empty()) spec.latency_frames = 0;
  return spec;
}

}  // namespace

AudioBackend backend(const SourceSurroundings& surroundings) {
  return {.name = "pipewire",
          .open = [surroundings, claim = std::make_shared<std::atomic<bool>>(false)](
                      const SourceRequest& request, Doorbell& bell, const Clock& clock) {
            return PipeWireSource::open(surroundings, claim, request, bell, clock);
          }};
}

PipeWireSource::PipeWireSource(const SourceSurroundings& surroundings, SinkClaim claim,
                               const SourceRequest& request, Doorbell& bell, const Clock& clock)
    : claim_(std::move(claim)),
      server_(surroundings.server.socket_path.empty() ? sound::users_server()
                                                      : surroundings.server),
      journal_(surroundings.journal),
      clock_(clock),
      bell_(bell),
      ring_(request.layout.channel_count, kRingFrames) {
  if (request.plays_on_host) {
    way_ = Way::default_sink;
  } else {
    way_ = claim_->exchange(true) ? Way::shared_sink : Way::own_sink;
  }
}

PipeWireSource::~PipeWireSource() {
  lease_.reset();
  stream_.reset();
  if (way_ == Way::own_sink) *claim_ = false;
}

Result<std::unique_ptr<AudioSource>> PipeWireSource::open(const SourceSurroundings& surroundings,
                                                          SinkClaim claim,
                                                          const SourceRequest& request,
                                                          Doorbell& bell, const Clock& clock) {
  std::unique_ptr<PipeWireSource> source(
      new PipeWireSource(surroundings, std::move(claim), request, bell, clock));
  PF_TRY_VOID(source->connect(request));
  return source;
}

Result<void> PipeWireSource::connect(const SourceRequest& request) {
  PF_TRY(connection_, sound::Connection::open(server_, &bell_));
  const auto spec = way_ == Way::own_sink
                        ? sink_spec(request.layout)
                        : monitor_spec(request.layout, way_ == Way::shared_sink ? kSinkName : "");
  PF_TRY(stream_, sound::Stream::open(*connection_, spec,
                                      [this](const sound::StreamBlock& block) { take_in(block); }));
  // The session that made a shared sink watches for all.
  if (way_ == Way::shared_sink) return {};
  PF_TRY(manager_connection_, sound::Connection::open(server_, &bell_));
  PF_TRY(manager_, sound::ManagerWatch::open(*manager_connection_, server_));
  return way_ == Way::own_sink ? take_lease() : Result<void>();
}

Result<void> PipeWireSource::take_lease() {
  lease_.reset();
  lease_arrival_ = manager_->arrivals();
  PF_TRY(lease_, DefaultDeviceLease::take(*manager_connection_, server_, journal_,
                                          sound::DefaultNode::sink, kSinkName));
  return {};
}

// A new manager may have forgotten the choice. Without one there is nothing to choose and nobody
// who would link a sink of ours made anew: the one that stands goes on.
Result<void> PipeWireSource::keep_lease() {
  PF_TRY_VOID(manager_connection_->check());
  if (!manager_->present() || manager_->arrivals() == lease_arrival_) return {};
  auto taken = take_lease();
  if (!taken && !manager_->present()) return {};
  return taken;
}

// The data thread, once a cycle. What comes in a cycle was played during the one before.
void PipeWireSource::take_in(const sound::StreamBlock& block) noexcept {
  const LocalTime began_at = block.began_at == LocalTime() ? clock_.now() : block.began_at;
  ring_.push(block.samples);
  pushed_count_ += block.samples.size() / ring_.channel_count();
  origin_ns_.store((began_at - duration_of(pushed_count_)).ns(), std::memory_order_relaxed);
  bell_.ring();
}

SoundRead PipeWireSource::pop(std::span<float> interleaved) noexcept {
  const std::size_t count = ring_.pop(interleaved);
  const std::uint64_t first = popped_count_ + ring_.dropped_frames();
  popped_count_ += count;
  const LocalTime origin(Nanos(origin_ns_.load(std::memory_order_relaxed)));
  return {.sample_count = count, .captured_at = origin + duration_of(first)};
}

Result<SoundRead> PipeWireSource::read(std::span<float> interleaved, Doorbell& bell,
                                       Nanos patience) {
  SoundRead read = pop(interleaved);
  if (read.sample_count > 0) return read;
  PF_TRY_VOID(check());
  bell.wait(patience);
  return pop(interleaved);
}

Result<void> PipeWireSource::check() {
  PF_TRY_VOID(stream_->check());
  if (way_ == Way::own_sink) PF_TRY_VOID(keep_lease());
  if (way_ == Way::shared_sink && !*claim_)
    return fail(ErrorKind::lost, "the session whose sound device this one shared has ended");
  return {};
}

// While nobody is linked, nothing is on its way.
Nanos PipeWireSource::latency() const noexcept {
  if (stream_->state() != sound::StreamState::streaming)
    return duration_of(std::max(stream_->cycle_frames(), kWishedCycle));
  return duration_of(std::max(stream_->cycle_frames(), kLongestUsualCycle)) + kHeldUp;
}

}  // namespace pf::audio::pipewire
