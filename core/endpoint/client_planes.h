// What a host sends besides pictures, each kind in a queue of its own: whoever is behind with one
// misses nothing of the others.
//
// Values are put in on the control thread; each plane is pulled on one thread, which may be another
// for each. Source: docs/protocol/punktfunk1.md section 9.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/endpoint/plane_queue.h"
#include "core/message/datagram.h"
#include "core/message/handshake.h"

namespace pf::endpoint {

// A frame of sound with bytes of its own.
struct AudioPacket {
  std::uint32_t sequence = 0;
  WireTime pts;
  LocalTime arrived_at;
  std::vector<std::byte> bytes;
};

struct PadAudioPacket {
  std::uint8_t pad = 0;
  message::PadAudioKind kind = message::PadAudioKind::haptics;
  std::uint32_t sequence = 0;
  WireTime pts;
  std::vector<std::byte> opus;
};

class ClientPlanes {
 public:
  // A second of 240 Hz: who looks later than that has no use for them.
  static constexpr std::size_t kMaxHostTimings = 256;
  // Sound that is older than this against the newest is better skipped than played late. The count
  // bounds frames of 1 ms, the shortest there are, whatever their stamps say.
  static constexpr Nanos kMaxAudio = milliseconds(320);
  static constexpr std::size_t kMaxAudioPackets = 320;
  // Whose repetitions are known: a frame is repeated with its successor.
  static constexpr std::uint32_t kRecentAudio = 64;
  // Hosts renew a rumble that lasts several times a second, for each of 16 pads.
  static constexpr std::size_t kMaxRumbles = 64;
  static constexpr std::size_t kMaxHidOutputs = 64;
  // 320 ms of the haptics of four pads.
  static constexpr std::size_t kMaxPadAudio = 256;
  static constexpr std::size_t kMaxHdrMetadata = 1;  // only the newest counts

  explicit ClientPlanes(const Clock& clock) : clock_(clock) {}

  // Control thread.
  void on_welcome(const message::Welcome& welcome);
  void on_host_timing(const message::HostTiming& timing) { host_timings_.put(timing); }
  // Any other datagram; what is malformed, repeated or of another codec is dropped.
  void on_datagram(Bytes datagram, LocalTime now);
  void end() noexcept;

  // Pullers: the oldest, empty when none came within `patience`, or that it is over.
  PlaneQueue<message::HostTiming>::Pulled next_host_timing(Nanos patience) {
    return host_timings_.pull(patience, clock_);
  }
  // In order; a gap in the numbers is a loss. What comes after its successor is left out.
  PlaneQueue<AudioPacket>::Pulled next_audio(Nanos patience);
  // As it came, for a jitter buffer: late and in any order, but none twice in a row of
  // kRecentAudio. Instead of next_audio(), not besides.
  PlaneQueue<AudioPacket>::Pulled next_audio_arrival(Nanos patience) {
    return audio_.pull(patience, clock_);
  }
  PlaneQueue<message::Rumble>::Pulled next_rumble(Nanos patience) {
    return rumbles_.pull(patience, clock_);
  }
  // In the order of each pad and kind; a gap in the numbers is a loss.
  PlaneQueue<PadAudioPacket>::Pulled next_pad_audio(Nanos patience) {
    return pad_audio_.pull(patience, clock_);
  }
  PlaneQueue<message::HidOutput>::Pulled next_hid_output(Nanos patience) {
    return hid_outputs_.pull(patience, clock_);
  }
  PlaneQueue<message::HdrMetadata>::Pulled next_hdr_metadata(Nanos patience) {
    return hdr_metadata_.pull(patience, clock_);
  }

 private:
  void on_audio(const message::AudioDatagram& audio, LocalTime now);
  void put_audio(const message::AudioFrame& frame, LocalTime now);
  bool seen(std::uint32_t sequence) noexcept;
  void on_rumble(const message::Rumble& rumble);
  void on_pad_audio(const message::PadAudio& audio);

  const Clock& clock_;

  // Control thread.
  message::AudioCodec audio_codec_ = message::AudioCodec::opus;
  std::size_t audio_sample_bytes_ = 4;  // of all channels together
  Nanos audio_frame_period_ = milliseconds(5);
  std::optional<std::uint32_t> newest_audio_;
  std::uint64_t recent_audio_ = 0;  // bit n: the newest less n has come
  std::array<std::optional<std::uint8_t>, message::kMaxPads> newest_rumble_;
  std::array<std::optional<std::uint32_t>, std::size_t{2} * message::kMaxPads> newest_pad_audio_;

  std::optional<std::uint32_t> newest_pulled_audio_;  // next_audio()'s thread

  PlaneQueue<message::HostTiming> host_timings_{kMaxHostTimings};
  PlaneQueue<AudioPacket> audio_{kMaxAudioPackets};
  PlaneQueue<message::Rumble> rumbles_{kMaxRumbles};
  PlaneQueue<PadAudioPacket> pad_audio_{kMaxPadAudio};
  PlaneQueue<message::HidOutput> hid_outputs_{kMaxHidOutputs};
  PlaneQueue<message::HdrMetadata> hdr_metadata_{kMaxHdrMetadata};
};

}  // namespace pf::endpoint
