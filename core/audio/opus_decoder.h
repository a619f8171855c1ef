// Opus packets → interleaved samples (libopus), and what to play where a packet is missing.
//
// Any thread, one at a time; takes its memory when it is opened and none later. Packets come from
// the network: any bytes are survived. Source: docs/protocol/punktfunk1.md section 15.1, RFC 6716.
//
// Every packet of the stream is either decoded or concealed, in order, so that the sound joins
// smoothly. Where a host repeats frames (0xD2) the repeated packet is simply decoded in its place.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/audio/speaker_layout.h"
#include "core/base/bytes.h"
#include "core/base/result.h"

struct OpusMSDecoder;

namespace pf::audio {

class OpusDecoder {
 public:
  // A packet holds at most 120 ms.
  static constexpr std::size_t kMaxPacketSamples = 5'760;  // of each channel

  // `unavailable` when libopus refuses the layout.
  static Result<OpusDecoder> open(const SpeakerLayout& layout);

  // Decodes one packet into `interleaved`, in the order of the layout, full scale ±1 at 48 kHz.
  // Gives the samples of each channel; nullopt: that is no Opus packet, or `interleaved` is too
  // short for it (kMaxPacketSamples times the channels holds any). Treat it as lost then. An empty
  // packet is no packet: conceal it.
  std::optional<std::size_t> decode(Bytes packet, std::span<float> interleaved) noexcept;

  // Goes on as if a packet that fills `interleaved` (2.5 to 120 ms in steps of 2.5 ms) had come:
  // the sound before it fades on. False: it has no such length; `interleaved` is silent then.
  bool conceal(std::span<float> interleaved) noexcept;

  // Like conceal(), for the packet right before `next`, from the error correction that a voice
  // encoder puts into it, if there is any.
  bool recover(Bytes next, std::span<float> interleaved) noexcept;

  // Forgets what came before, as for a stream that begins anew.
  void reset() noexcept;

  const SpeakerLayout& layout() const noexcept { return layout_; }

 private:
  struct Destroy {
    void operator()(OpusMSDecoder* decoder) const noexcept;
  };
  using Handle = std::unique_ptr<OpusMSDecoder, Destroy>;
  OpusDecoder(Handle decoder, const SpeakerLayout& layout) noexcept
      : decoder_(std::move(decoder)), layout_(layout) {}

  std::optional<std::size_t> run(Bytes packet, std::span<float> interleaved, bool fec) noexcept;
  bool fill(Bytes packet, std::span<float> interleaved, bool fec) noexcept;

  Handle decoder_;
  SpeakerLayout layout_;
};

}  // namespace pf::audio
