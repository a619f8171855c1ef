#include "host/pipeline/mic_worker.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace pf::pipeline {
namespace {

// Recorders wait for the node: it comes back well within a second after its server.
constexpr BackoffPolicy kBackoff{
    .first = milliseconds(50), .longest = milliseconds(400), .forgotten_after = seconds(10)};
constexpr double kLevelMemory_s = 0.1;
constexpr double kQuietest_dbfs = -100;

}  // namespace

MicWorker::MicWorker(audio::OpenMicSink open, HealthBoard& board, const Clock& clock, bool enabled)
    : open_(std::move(open)), board_(board), clock_(clock) {
  set_enabled(enabled);
}

MicWorker::~MicWorker() = default;

void MicWorker::set_enabled(bool enabled) {
  if (enabled == thread_.has_value()) return;
  enabled_ = enabled;
  if (!enabled) return thread_.reset();
  thread_.emplace(ThreadSpec{.name = "host microphone", .role = ThreadRole::sound}, kBackoff, bell_,
                  board_, clock_, [this](Shift& shift) { return run(shift); });
}

void MicWorker::offer(unsigned session, std::uint32_t sequence, Bytes opus) noexcept {
  if (!enabled_.load(std::memory_order_relaxed)) return;
  const LocalTime now = clock_.now();
  const double passed_s = static_cast<double>((now - filled_at_).count()) * 1e-9;
  tokens_ = std::min(kBurst, tokens_ + passed_s * kPacketsPerSecond);
  filled_at_ = now;
  if (tokens_ < 1 || opus.size() > kMaxVoiceBytes) {
    crowded_out_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  tokens_ -= 1;
  Packet packet;
  packet.session = session;
  packet.sequence = sequence;
  packet.arrived_at = now;
  packet.bytes = opus.size();
  std::memcpy(packet.room.data(), opus.data(), opus.size());
  if (!packets_.try_push(std::move(packet))) crowded_out_.fetch_add(1, std::memory_order_relaxed);
  bell_.ring();
}

void MicWorker::end(unsigned session) {
  // A full box means hundreds of sessions that ended within a heartbeat; the turn passes on anyway.
  (void)ended_.try_push(session);
  bell_.ring();
}

std::optional<MicStatus> MicWorker::status() const {
  if (!enabled_) return std::nullopt;
  std::lock_guard lock(mutex_);
  MicStatus status = published_;
  status.dropped += crowded_out_.load(std::memory_order_relaxed);
  return status;
}

Result<void> MicWorker::run(Shift& shift) {
  if (!voice_) {
    PF_TRY(voice_, VoiceStream::open());
  }
  // Of before it was switched off.
  while (packets_.try_pop()) {
  }
  hear_of_ends();
  auto ended = open_sink(shift);
  if (ended && !shift.over()) ended = pump(shift);
  sink_.reset();
  publish(clock_.now());
  return ended;
}

// That no server runs is said once; then the worker waits quietly until there is one.
Result<void> MicWorker::open_sink(Shift& shift) {
  while (!shift.over()) {
    auto opened = open_(bell_);
    if (opened) {
      sink_ = *std::move(opened);
      waits_for_server_ = false;
      shift.opened();
      return {};
    }
    if (opened.error().kind != ErrorKind::unavailable || !waits_for_server_) {
      waits_for_server_ = opened.error().kind == ErrorKind::unavailable;
      return tl::unexpected(std::move(opened).error());
    }
    while (packets_.try_pop()) {
    }
    hear_of_ends();
    bell_.wait(kHeartbeat);
  }
  return {};
}

Result<void> MicWorker::pump(Shift& shift) {
  while (!shift.over()) {
    hear_of_ends();
    while (const auto packet = packets_.try_pop()) speak(*packet);
    PF_TRY_VOID(sink_->alive());
    const LocalTime now = clock_.now();
    if (speaker_ && now - spoke_at_ > kTurn) {
      speaker_.reset();
      sink_->discard();
    }
    publish(now);
    bell_.wait(kHeartbeat);
  }
  return {};
}

void MicWorker::hear_of_ends() {
  while (const auto session = ended_.try_pop()) {
    if (speaker_ != *session) continue;
    // What it said shortly before may still wait here.
    while (packets_.try_pop()) {
    }
    speaker_.reset();
    if (sink_) sink_->discard();
  }
}

bool MicWorker::may_speak(unsigned session, LocalTime now) {
  if (speaker_ == session) return true;
  if (speaker_ && now - spoke_at_ <= kTurn) return false;
  speaker_ = session;
  voice_->begin_anew();
  sink_->discard();
  return true;
}

void MicWorker::speak(const Packet& packet) {
  if (!may_speak(packet.session, packet.arrived_at)) {
    ++status_.dropped;
    return;
  }
  spoke_at_ = packet.arrived_at;
  voice_->take(packet.sequence, Bytes(packet.room).first(packet.bytes), packet.arrived_at,
               [this](std::span<const float> samples) { push(samples); });
}

void MicWorker::push(std::span<const float> samples) {
  const bool heard = sink_->push(samples);
  (heard ? status_.heard_samples : status_.unheard_samples) += samples.size();
  double sum = 0;
  for (const float sample : samples) sum += static_cast<double>(sample) * sample;
  const double length_s = static_cast<double>(samples.size()) / 48'000;
  const double share = std::min(1.0, length_s / kLevelMemory_s);
  power_ += (sum / static_cast<double>(samples.size()) - power_) * share;
}

void MicWorker::publish(LocalTime now) {
  status_.open = sink_ != nullptr;
  status_.recorded = sink_ && sink_->recorded();
  status_.muted = sink_ && sink_->muted();
  status_.session = speaker_;
  const bool speaks = speaker_ && now - spoke_at_ < kHeartbeat;
  status_.level_dbfs =
      speaks && power_ > 1e-10 ? std::max(kQuietest_dbfs, 10 * std::log10(power_)) : kQuietest_dbfs;
  const VoiceStream::Counts& counts = voice_->counts();
  MicStatus status = status_;
  status.packets = counts.packets;
  status.concealed = counts.concealed;
  status.garbage = counts.garbage;
  status.dropped += counts.dropped;
  std::lock_guard lock(mutex_);
  published_ = status;
}

}  // namespace pf::pipeline
