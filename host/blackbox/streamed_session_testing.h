// A session as the black box sees it: a real encoder's pictures of the coded picture, real Opus of
// a tone, and a trace, without threads.
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "core/audio/opus_encoder.h"
#include "core/audio/pcm.h"
#include "host/blackbox/session_tap.h"
#include "host/encode/modules.h"
#include "host/recorder/session_trace.h"
#include "pattern/painter.h"

namespace pf::blackbox::testing_clips {

inline constexpr Nanos kPeriod = milliseconds(20);
inline constexpr SizePx kSize{640, 360};

class StreamedSession {
 public:
  StreamedSession(const Clock& clock, LocalTime began) : clock_(clock), at(began) { open(kSize); }

  // A capture and an encoder are opened, in this mode.
  void open(SizePx size) {
    static const encode::EncoderBackend* const backend = [] {
      auto module = encode::load_module("x264");
      if (!module) module = encode::load_module("openh264");
      return module ? *module : nullptr;
    }();
    ASSERT_NE(backend, nullptr) << "no encoder";
    auto opened =
        backend->open({.size_px = size, .refresh = {50, 1}, .bitrate_kbps = 3000}, clock_);
    ASSERT_TRUE(opened) << opened.error().what;
    encoder_ = *std::move(opened);
    painter_.emplace(size);
    pixels_.assign(std::size_t{size.width} * size.height * 4, std::byte{0});
    canvas_ = {pixels_.data(), size, size.width * 4};
    painter_->prepare(canvas_);
    tap_.begin_epoch(encoder_->parameters());
    steering.begin_epoch();
  }

  void set_sound(SoundFormat format) {
    shared->set_sound(format);
    if (format.codec != SoundFormat::Codec::opus) return;
    auto opened = audio::OpusEncoder::open({.layout = format.layout, .bitrate_kbps = 512});
    ASSERT_TRUE(opened);
    opus_.emplace(*std::move(opened));
  }

  // A picture, and the sound until the next one.
  void frame() {
    painter_->draw({.frame_number = number++, .drawn_at = at.since_epoch()}, canvas_);
    capture::RawFrame raw{.image = {pixels_.data(), canvas_.size_px, canvas_.stride_bytes},
                          .captured_at = at,
                          .delivered_at = at};
    const auto directive = steering.next_directive();
    const auto encoded = encoder_->encode(std::move(raw), directive, tap_);
    ASSERT_TRUE(encoded) << encoded.error().what;
    trace->add(recorder::PictureRow{.id = directive.id, .captured = at, .delivered = at});
    trace->add(recorder::FrameRow{.id = directive.id,
                                  .captured = at,
                                  .delivered = at,
                                  .submitted = at,
                                  .encoded = at + milliseconds(2),
                                  .first_sent = at + milliseconds(2),
                                  .last_sent = at + milliseconds(3),
                                  .bytes = 1000,
                                  .packets = 1});
    if (sounds) sound();
    at += kPeriod;
  }
  void frames(int count) {
    for (int i = 0; i < count; ++i) frame();
  }

  const Clock& clock_;
  LocalTime at;
  std::uint32_t number = 0;  // of the next coded picture
  bool sounds = true;
  Doorbell bell;
  pipeline::FrameSteering steering{bell, 3000};
  std::shared_ptr<SessionTap> shared = std::make_shared<SessionTap>();
  std::shared_ptr<recorder::SessionTrace> trace = std::make_shared<recorder::SessionTrace>();

 private:
  struct NoOutlet final : pipeline::FrameOutlet {
    void begin_epoch(const encode::StreamParameters&) override {}
    bool has_room() noexcept override { return true; }
    void on_part(const encode::AccessUnitPart&) noexcept override {}
    Result<void> run(Shift&) override { return {}; }
  };

  // 440 Hz on the first channel, 110 more on each further one.
  void sound() {
    constexpr std::size_t kSamples = 240;
    const SoundFormat& format = shared->sound();
    if (format.codec == SoundFormat::Codec::none) return;
    const std::size_t channels = format.layout.channel_count;
    for (int part = 0; part < 4; ++part) {
      std::vector<float> values(kSamples * channels);
      for (std::size_t i = 0; i < kSamples; ++i, ++sample_)
        for (std::size_t c = 0; c < channels; ++c)
          values[i * channels + c] =
              0.25f * static_cast<float>(std::sin(2 * M_PI * (440.0 + 110.0 * double(c)) *
                                                  double(sample_) / 48'000));
      std::vector<std::byte> room(8192);
      const Bytes frame = format.codec == SoundFormat::Codec::opus
                              ? opus_->encode(values, room)
                              : audio::write_pcm(values, format.bits, room);
      shared->on_sound(frame, at + part * milliseconds(5));
    }
  }

  NoOutlet outlet_;
  VideoTap tap_{outlet_, *shared, steering};
  std::unique_ptr<encode::Encoder> encoder_;
  std::optional<pattern::Painter> painter_;
  std::vector<std::byte> pixels_;
  pattern::Canvas canvas_;
  std::optional<audio::OpusEncoder> opus_;
  std::uint64_t sample_ = 0;
};

}  // namespace pf::blackbox::testing_clips
