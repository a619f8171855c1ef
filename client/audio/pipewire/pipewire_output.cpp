#include "client/audio/pipewire/pipewire_output.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "client/audio/output_reserve.h"
#include "core/audio/speaker_layout.h"
#include "core/runtime/published.h"
#include "core/runtime/sample_ring.h"
#include "core/runtime/system_clock.h"
#include "sound/pipewire/stream.h"

namespace pf::client_audio {
namespace {

static_assert(kOutputRateHz == sound::kSampleRateHz);

// The longest cycle that PipeWire's default settings allow, twice.
constexpr std::size_t kRingFrames = 16'384;

// The newest cycle.
struct Cycle {
  std::int64_t began_ns = 0;
  std::int64_t delay_ns = 0;
  std::uint64_t frames = 0;
};

sound::Speaker position_of(audio::Speaker speaker) {
  switch (speaker) {
    case audio::Speaker::mono:
      return sound::Speaker::mono;
    case audio::Speaker::front_left:
      return sound::Speaker::front_left;
    case audio::Speaker::front_right:
      return sound::Speaker::front_right;
    case audio::Speaker::front_center:
      return sound::Speaker::front_centre;
    case audio::Speaker::low_frequency:
      return sound::Speaker::low_frequency;
    case audio::Speaker::rear_left:
      return sound::Speaker::rear_left;
    case audio::Speaker::rear_right:
      return sound::Speaker::rear_right;
    case audio::Speaker::side_left:
      return sound::Speaker::side_left;
    case audio::Speaker::side_right:
      return sound::Speaker::side_right;
  }
  return sound::Speaker::mono;
}

Nanos span_of(std::uint64_t frames) {
  return Nanos(static_cast<std::int64_t>(frames) * 1'000'000'000 / kOutputRateHz);
}

class PipeWireOutput final : public AudioOutput {
 public:
  PipeWireOutput(std::unique_ptr<sound::Connection> connection, std::uint8_t channel_count,
                 Doorbell& bell)
      : bell_(bell), ring_(channel_count, kRingFrames), connection_(std::move(connection)) {}

  Result<void> start(const std::string& name, const audio::SpeakerLayout& layout) {
    sound::StreamSpec spec{
        .node_name = name,
        .description = name,
        .direction = sound::StreamDirection::into_graph,
        .properties = {
            {"media.type", "Audio"}, {"media.category", "Playback"}, {"media.role", "Game"}}};
    for (std::size_t i = 0; i < layout.channel_count; ++i)
      spec.position.push_back(position_of(layout.speakers[i]));
    auto stream = sound::Stream::open(*connection_, spec,
                                      [this](const sound::StreamBlock& block) { process(block); });
    if (!stream) return tl::unexpected(std::move(stream).error());
    stream_ = *std::move(stream);
    return {};
  }

  Result<std::size_t> wanted(Doorbell& bell, Nanos patience) override {
    PF_TRY_VOID(stream_->check());
    std::size_t frames = room();
    if (frames > 0) return frames;
    bell.wait(patience);
    PF_TRY_VOID(stream_->check());
    return room();
  }

  void write(std::span<const float> interleaved) noexcept override { ring_.push(interleaved); }

  Nanos missed() const noexcept override {
    return span_of(missed_frames_.load(std::memory_order_relaxed));
  }

  // The ring is emptied from the next cycle on, which begins one after the newest.
  Nanos delay() const noexcept override {
    const Cycle cycle = cycle_.get();
    if (cycle.frames == 0) return {};
    const LocalTime next = LocalTime(Nanos(cycle.began_ns)) + span_of(cycle.frames);
    return next - clock_.now() + span_of(ring_.size_frames()) + Nanos(cycle.delay_ns);
  }

 private:
  // PipeWire's data thread.
  void process(const sound::StreamBlock& block) {
    const std::size_t channels = ring_.channel_count();
    const std::size_t popped = ring_.pop(block.samples);
    begun_ |= popped > 0;
    if (begun_) {
      const std::size_t wanted = block.samples.size() / channels;
      missed_frames_.fetch_add(wanted - popped, std::memory_order_relaxed);
      reserve_.on_cycle(static_cast<std::uint32_t>(wanted),
                        static_cast<std::uint32_t>(ring_.size_frames()),
                        static_cast<std::uint32_t>(wanted - popped));
      reserve_frames_.store(reserve_.frames(), std::memory_order_relaxed);
    }
    std::fill(block.samples.begin() + static_cast<std::ptrdiff_t>(popped * channels),
              block.samples.end(), 0.0F);
    cycle_.put({.began_ns = block.began_at.ns(),
                .delay_ns = block.delay.count(),
                .frames = block.samples.size() / channels});
    bell_.ring();
  }

  std::size_t room() const noexcept {
    const std::size_t cycle = stream_->cycle_frames();
    if (cycle == 0) return 0;
    const std::size_t wished =
        std::min(cycle + reserve_frames_.load(std::memory_order_relaxed), kRingFrames);
    return wished - std::min(wished, ring_.size_frames());
  }

  const SystemClock clock_;
  Doorbell& bell_;
  SampleRing ring_;
  Published<Cycle> cycle_;
  // Data thread.
  bool begun_ = false;  // something was written
  OutputReserve reserve_;
  // From there to ours.
  std::atomic<std::size_t> reserve_frames_{OutputReserve::kFirst};
  std::atomic<std::uint64_t> missed_frames_{0};
  const std::unique_ptr<sound::Connection> connection_;
  std::unique_ptr<sound::Stream> stream_;  // first to go: its thread uses the rest
};

}  // namespace

Result<std::unique_ptr<AudioOutput>> open_pipewire_output(const sound::ServerAddress& address,
                                                          const std::string& name,
                                                          std::uint8_t channel_count,
                                                          Doorbell& bell) {
  const auto layout = audio::layout_of(channel_count);
  if (!layout) return fail(ErrorKind::refused, "no layout of {} speakers is known", channel_count);
  PF_TRY(auto connection, sound::Connection::open(address, &bell));
  auto output = std::make_unique<PipeWireOutput>(std::move(connection), channel_count, bell);
  PF_TRY_VOID(output->start(name, *layout));
  return output;
}

}  // namespace pf::client_audio
