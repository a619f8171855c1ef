// The native protocol's way out for sound: frames → datagrams → control thread → QUIC.
//
// The audio thread numbers frames and puts datagrams into a queue; the control thread, which has
// the connection, takes them out. Source: docs/protocol/punktfunk1.md sections 9.2 to 9.4.
#pragma once

#include <array>
#include <atomic>

#include "core/audio/audio_framer.h"
#include "core/runtime/doorbell.h"
#include "core/runtime/fifo.h"
#include "host/pipeline/audio_outlet.h"
#include "host/pipeline/audio_worker.h"

namespace pf::native {

class NativeSound final : public pipeline::AudioOutlet {
 public:
  struct Parameters {
    audio::AudioFramer::Parameters framing;
    Nanos wire_offset{0};  // LocalTime + this = wire time, for the whole session
  };
  // Sound that waited longer comes too late for the listener: it is dropped, the oldest first.
  static constexpr Nanos kMaxWait = milliseconds(100);

  // `control_bell` is the control thread's. All references outlive the outlet.
  NativeSound(const Parameters& parameters, pipeline::SoundCounts& counts, Doorbell& control_bell,
              const Clock& clock)
      : wire_offset_(parameters.wire_offset),
        framer_(parameters.framing),
        counts_(counts),
        control_bell_(control_bell),
        clock_(clock) {}

  // Any thread: the client is ready.
  void start() noexcept { started_ = true; }

  bool wants_sound() const noexcept override { return started_; }
  void offer(Bytes frame, LocalTime captured_at) noexcept override;

  // Control thread: gives each datagram that waits to `send`, a bool(Bytes).
  template <class Send>
  void drain(LocalTime now, Send&& send) {
    while (const auto datagram = queue_.try_pop()) {
      const bool late = now - datagram->offered_at > kMaxWait;
      if (late || !send(Bytes(datagram->room).first(datagram->bytes))) ++counts_.dropped;
    }
  }

 private:
  struct Datagram {
    std::array<std::byte, audio::kMaxAudioDatagramBytes> room;
    std::size_t bytes = 0;
    LocalTime offered_at;
  };
  // More than kMaxWait of the shortest frames there are, 3 ms.
  static constexpr std::size_t kMaxDatagrams = 64;

  const Nanos wire_offset_;
  audio::AudioFramer framer_;  // audio thread
  pipeline::SoundCounts& counts_;
  Doorbell& control_bell_;
  const Clock& clock_;
  std::atomic<bool> started_{false};
  Fifo<Datagram, kMaxDatagrams> queue_;  // audio → control
};

}  // namespace pf::native
