// One client's voice: numbered Opus packets in, samples out, with what is missing made up.
//
// Any legal Opus packet is taken, of any length and either channel count; the microphone has one
// channel. The stamps of the packets are not looked at: they are the client's clock, about which
// nothing is known. Pure; one thread; no memory is taken after open().
// Source: docs/protocol/punktfunk1.md sections 9.6 and 15.4.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "core/audio/opus_decoder.h"
#include "core/base/bytes.h"
#include "core/base/time.h"

namespace pf::pipeline {

class VoiceStream {
 public:
  struct Counts {
    std::uint64_t packets = 0, concealed = 0, garbage = 0, dropped = 0;
  };
  using Give = std::function<void(std::span<const float> samples)>;

  static Result<VoiceStream> open();

  // The one that follows, or comes late, or twice, or from a client that counts anew. `give` is
  // called for whatever can be played.
  void take(std::uint32_t sequence, Bytes opus, LocalTime now, const Give& give);
  void begin_anew() noexcept;

  const Counts& counts() const noexcept { return counts_; }

 private:
  // A gap of more is a pause; it is not filled.
  static constexpr std::int32_t kMaxConcealed = 5;
  // Who is further off counts anew.
  static constexpr std::int32_t kMaxStep = 1'000;
  // Sound comes as fast as it passes. More than so much ahead of its time is a flood.
  static constexpr Nanos kMaxAhead = milliseconds(500);

  explicit VoiceStream(audio::OpusDecoder decoder) : decoder_(std::move(decoder)) {}
  bool is_flood(LocalTime now) noexcept;
  void make_up(std::int32_t missing, Bytes next, LocalTime now, const Give& give);
  void hand_over(std::size_t sample_count, LocalTime now, const Give& give);

  audio::OpusDecoder decoder_;
  std::array<float, audio::OpusDecoder::kMaxPacketSamples> samples_{};
  std::optional<std::uint32_t> next_;
  std::size_t packet_samples_ = 480;  // of the last one
  LocalTime given_until_;             // if it had been played from the first packet on
  Counts counts_;
};

}  // namespace pf::pipeline
