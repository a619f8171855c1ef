#include "client/audio/session_sound.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/audio/frame_decoder.h"
#include "core/runtime/log.h"

namespace pf::client_audio {
namespace {

constexpr Nanos kPatience = milliseconds(50);
// An output that wants nothing for so long is away; what came meanwhile is not played late.
constexpr Nanos kAway = milliseconds(200);
constexpr Nanos kPublishEvery = milliseconds(100);
constexpr std::int64_t kNoLag = std::numeric_limits<std::int64_t>::min();

}  // namespace

SessionSound::SessionSound(endpoint::ClientEndpoint& client, OpenAudioOutput open,
                           SoundListener* listener, const Clock& clock)
    : client_(client), open_(std::move(open)), listener_(listener), clock_(clock), lag_ns_(kNoLag) {
  lacks_.reserve(kMaxLacks);
  thread_.emplace(
      ThreadSpec{"client sound", ThreadRole::sound}, BackoffPolicy{}, bell_, board_, clock,
      [this](Shift& shift) { return work(shift); },
      [this](const Error& error, bool) {
        std::lock_guard lock(mutex_);
        if (figures_.trouble != error.what) log::warning("sound", "{}", error.what);
        figures_.trouble = error.what;
      });
}

SoundFigures SessionSound::stop() {
  thread_.reset();
  return figures();
}

SoundFigures SessionSound::figures() const {
  std::lock_guard lock(mutex_);
  return figures_;
}

std::optional<Nanos> SessionSound::lag() const noexcept {
  const std::int64_t lag_ns = lag_ns_.load(std::memory_order_relaxed);
  return lag_ns == kNoLag ? std::nullopt : std::optional(Nanos(lag_ns));
}

Result<void> SessionSound::work(Shift& shift) {
  if (!player_) PF_TRY_VOID(open_player());
  PF_TRY(const auto output, open_(client_.welcome().audio_channels, shift.bell()));
  shift.opened();
  {
    std::lock_guard lock(mutex_);
    ++figures_.opened;
    figures_.trouble.clear();
  }
  player_->interrupt();
  missed_ = {};
  auto played = play(*output, shift);
  lag_ns_ = kNoLag;
  return played;
}

Result<void> SessionSound::open_player() {
  const auto& welcome = client_.welcome();
  auto decoder = audio::open_frame_decoder(welcome);
  // Trying again would not change what the host sends or what is installed here.
  if (!decoder) return fail(ErrorKind::refused, "{}", decoder.error().what);
  auto player =
      audio::AudioPlayer::open(audio::format_of(welcome), kOutputRateHz, *std::move(decoder));
  if (!player) return fail(ErrorKind::refused, "{}", player.error().what);
  player_.emplace(*std::move(player));
  return {};
}

Result<void> SessionSound::play(AudioOutput& output, Shift& shift) {
  LocalTime wanted_at = clock_.now();
  while (!shift.over() && !session_over_) {
    PF_TRY(const std::size_t frames, output.wanted(shift.bell(), kPatience));
    take_packets();
    const LocalTime now = clock_.now();
    if (frames > 0) {
      render(output, frames);
      wanted_at = now;
    } else if (now - wanted_at > kAway) {
      player_->interrupt();
      lag_ns_ = kNoLag;
    }
    if (now - published_at_ >= kPublishEvery) publish();
  }
  publish();
  return {};
}

void SessionSound::take_packets() {
  for (;;) {
    const auto packet = client_.planes().next_audio_arrival(Nanos(0));
    if (!packet) session_over_ = true;
    if (!packet || !*packet) return;
    const auto& audio = **packet;
    player_->put({.sequence = audio.sequence, .pts = audio.pts, .bytes = audio.bytes},
                 audio.arrived_at);
  }
}

void SessionSound::render(AudioOutput& output, std::size_t frames) {
  block_.resize(frames * client_.welcome().audio_channels);
  const auto position = player_->position();
  const LocalTime heard_at = clock_.now() + output.delay();
  player_->render(block_);
  output.write(block_);
  if (listener_ != nullptr) listener_->hear(block_);
  note_lacks(output);
  lag_ns_ = position ? heard_at.ns() - position->ns() : kNoLag;
}

void SessionSound::note_lacks(const AudioOutput& output) {
  const auto note = [&](SoundLack::Where where) {
    if (lacks_.size() < kMaxLacks) lacks_.push_back({clock_.now(), where});
  };
  const Nanos newly_missed = output.missed() - missed_;
  missed_ += newly_missed;
  missed_in_all_ += newly_missed;
  if (newly_missed > Nanos(0)) note(SoundLack::Where::device);
  const std::uint64_t dry_spells = player_->counts().dry_spells;
  if (std::exchange(dry_spells_, dry_spells) != dry_spells) note(SoundLack::Where::player);
}

void SessionSound::publish() {
  published_at_ = clock_.now();
  std::lock_guard lock(mutex_);
  figures_.counts = player_->counts();
  figures_.depth = player_->depth();
  figures_.target = player_->target();
  figures_.drift = player_->drift();
  figures_.missed = missed_in_all_;
  figures_.lacks = lacks_;
}

}  // namespace pf::client_audio
