#include "client/audio/voice_sender.h"

#include <array>

#include "core/runtime/log.h"

namespace pf::client_audio {
namespace {

constexpr std::size_t kSamplesPerMs = 48;
constexpr std::uint32_t kBitrate_kbps = 48;
constexpr Nanos kVoicePatience = milliseconds(100);

}  // namespace

VoiceSender::VoiceSender(endpoint::ClientEndpoint& client, OpenAudioInput open, milliseconds packet,
                         const Clock& clock)
    : client_(client),
      open_(std::move(open)),
      samples_(static_cast<std::size_t>(packet.count()) * kSamplesPerMs),
      clock_(clock) {
  thread_.emplace(
      ThreadSpec{.name = "client microphone", .role = ThreadRole::sound}, BackoffPolicy{}, bell_,
      board_, clock, [this](Shift& shift) { return work(shift); },
      [this](const Error& error, bool) {
        std::lock_guard lock(mutex_);
        if (trouble_ != error.what) log::warning("microphone", "{}", error.what);
        trouble_ = error.what;
      });
}

std::string VoiceSender::trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_;
}

Result<void> VoiceSender::work(Shift& shift) {
  if (!encoder_) {
    PF_TRY(encoder_, audio::OpusEncoder::open({.layout = audio::kMono,
                                               .bitrate_kbps = kBitrate_kbps,
                                               .use = audio::OpusEncoder::Use::voice}));
  }
  PF_TRY(const auto input, open_(shift.bell()));
  shift.opened();
  {
    std::lock_guard lock(mutex_);
    trouble_.clear();
  }
  std::array<std::byte, message::kMaxOpusBytes> room;
  while (!shift.over()) {
    PF_TRY(const bool filled, input->read(samples_, shift.bell(), kVoicePatience));
    if (!filled) continue;
    client_.send(message::Microphone{
        .sequence = sequence_++, .pts = clock_.now(), .opus = encoder_->encode(samples_, room)});
    ++packets_sent_;
  }
  return {};
}

}  // namespace pf::client_audio
