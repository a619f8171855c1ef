// The host's microphone: takes the voices of sessions to the sink, which it keeps open from the
// host's start to its end, whoever is connected.
//
// Control thread → a queue → this worker's thread: decode, push. The sink dies with its sound
// server; then it is opened again, also while nobody speaks, because it is looked at whenever
// nothing comes for a while. One session speaks at a time: who began keeps it until he has been
// silent for kTurn.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "core/base/bytes.h"
#include "core/runtime/fifo.h"
#include "core/runtime/mailbox.h"
#include "core/runtime/supervised_thread.h"
#include "host/audio/mic_sink.h"
#include "host/pipeline/mic_status.h"
#include "host/pipeline/voice_stream.h"

namespace pf::pipeline {

class MicWorker {
 public:
  // A datagram holds no more; an Opus packet of several frames may be longer than one frame's 1275.
  static constexpr std::size_t kMaxVoiceBytes = 1'500;
  static constexpr Nanos kTurn = seconds(2);

  // Starts at once where it is `enabled`. `board` and `clock` outlive the worker.
  MicWorker(audio::OpenMicSink open, HealthBoard& board, const Clock& clock, bool enabled = true);
  ~MicWorker();

  // Control thread: one packet of a session that may speak. Copies it; drops what comes faster than
  // sound does.
  void offer(unsigned session, std::uint32_t sequence, Bytes opus) noexcept;
  // Control thread: the session is over, or may not speak any more. Nothing of it is heard from now
  // on.
  void end(unsigned session);

  // Programs see a microphone from now on, or none any more, and waits for that. Any thread, one
  // call at a time.
  void set_enabled(bool enabled);

  std::optional<MicStatus> status() const;  // any thread; empty: not enabled

 private:
  struct Packet {
    unsigned session = 0;
    std::uint32_t sequence = 0;
    LocalTime arrived_at;
    std::size_t bytes = 0;
    std::array<std::byte, kMaxVoiceBytes> room;
  };
  // 2.5 ms is the shortest Opus packet. Bursts of a network that held some back are let through.
  static constexpr double kPacketsPerSecond = 400;
  static constexpr double kBurst = 48;
  static constexpr std::size_t kMaxPackets = 64;  // wait for the worker
  static constexpr std::size_t kMaxEnded = 256;
  static constexpr Nanos kHeartbeat = milliseconds(250);

  Result<void> run(Shift& shift);
  Result<void> open_sink(Shift& shift);
  Result<void> pump(Shift& shift);
  bool may_speak(unsigned session, LocalTime now);
  void speak(const Packet& packet);
  void hear_of_ends();
  void push(std::span<const float> samples);
  void publish(LocalTime now);

  const audio::OpenMicSink open_;
  HealthBoard& board_;
  const Clock& clock_;
  Doorbell bell_;
  Fifo<Packet, kMaxPackets> packets_;   // control → worker
  Mailbox<unsigned> ended_{kMaxEnded};  // likewise
  std::atomic<std::uint64_t> crowded_out_{0};
  std::atomic<bool> enabled_{false};

  // Control thread.
  double tokens_ = kBurst;
  LocalTime filled_at_;

  // Worker's thread.
  std::unique_ptr<audio::MicSink> sink_;
  std::optional<VoiceStream> voice_;
  std::optional<unsigned> speaker_;
  LocalTime spoke_at_;
  bool waits_for_server_ = false;
  double power_ = 0;  // mean square, smoothed
  MicStatus status_;

  mutable std::mutex mutex_;
  MicStatus published_;  // guarded by mutex_

  std::optional<SupervisedThread> thread_;  // last: it uses all of the above; empty: not enabled
};

}  // namespace pf::pipeline
