// Interleaved samples → Opus packets (libopus).
//
// One object encodes one stream from its first frame to its last: its memory of what came before is
// part of the sound, so it outlives the source that it encodes. Any thread, one at a time; takes
// its memory when it is opened and none later. Source: docs/protocol/punktfunk1.md section 15.1,
// RFC 6716.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/audio/speaker_layout.h"
#include "core/base/bytes.h"
#include "core/base/result.h"

namespace pf::audio {

class OpusEncoder {
 public:
  enum class Use : std::uint8_t {
    sound,  // what a desktop plays: restricted low delay, constrained VBR
    voice,  // a microphone: VoIP, with in-band error correction against 5 % loss
  };
  struct Parameters {
    SpeakerLayout layout = kStereo;
    std::uint32_t bitrate_kbps = 128;  // of all channels together
    Use use = Use::sound;
    bool constant_size = false;  // every packet of one length has exactly its share of the rate
  };

  // `unavailable` when libopus refuses the parameters.
  static Result<OpusEncoder> open(const Parameters& parameters);

  // Channels interleaved in the order of the layout, at 48 kHz, full scale ±1; any other value is
  // survived. Their count decides the frame's length: 2.5, 5, 10 or 20 ms. Gives the part of `room`
  // that the packet takes; a short `room` costs quality. Empty: nothing was encoded, because the
  // length is none of these or `room` has hardly a byte for each channel.
  Bytes encode(std::span<const float> interleaved, MutableBytes room) noexcept;

  // From the next packet on.
  void set_bitrate_kbps(std::uint32_t bitrate_kbps) noexcept;

  const SpeakerLayout& layout() const noexcept { return layout_; }

 private:
  // libopus' encoder of one stream, or of several: those cost more (opus_encoder.cpp).
  struct Destroy {
    bool single = true;
    void operator()(void* encoder) const noexcept;
  };
  using Handle = std::unique_ptr<void, Destroy>;
  OpusEncoder(Handle encoder, const Parameters& parameters);

  template <class... Arguments>
  void control(Arguments... arguments) noexcept;
  Bytes encode_once(std::span<const float> interleaved, MutableBytes room) noexcept;
  Bytes encode_filled(std::span<const float> interleaved, MutableBytes room) noexcept;
  bool fill(std::span<unsigned char> packet, std::size_t used) const noexcept;
  bool gains_by_filling(std::size_t sample_count) const noexcept;
  std::size_t packet_bytes(std::size_t sample_count) const noexcept;
  void hold_rate(std::uint32_t variable_percent) noexcept;
  void apply_rate() noexcept;

  Handle encoder_;
  SpeakerLayout layout_;
  bool constant_size_;
  std::uint32_t bitrate_kbps_;
  std::uint32_t variable_percent_;  // of bitrate_kbps_, at a variable rate; 0: at a constant one
  // For packets that are filled up: what they are made in, and the encoder as it was before.
  std::vector<std::byte> scratch_, before_;
};

}  // namespace pf::audio
