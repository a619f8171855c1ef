// What libavformat and libavcodec make of a clip: a reader that is none of ours.
#pragma once

#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

#include "core/base/time.h"
#include "pattern/reader.h"

namespace pf::blackbox::testing_clips {

struct ReadPicture {
  Nanos at{0};
  bool key = false;
  std::optional<std::uint32_t> number;  // of the coded picture; empty: it could not be read
};

struct ReadClip {
  int width = 0, height = 0, channels = 0;
  Nanos duration{0};
  std::vector<ReadPicture> pictures;
  std::vector<Nanos> sound_at;            // of each packet
  std::vector<std::vector<float>> sound;  // of each channel
  int errors = 0;                         // of a decoder
};

class Decoding {
 public:
  explicit Decoding(const AVStream& stream)
      : context_(avcodec_alloc_context3(avcodec_find_decoder(stream.codecpar->codec_id))) {
    avcodec_parameters_to_context(context_, stream.codecpar);
    context_->thread_count = 1;
    context_->err_recognition = AV_EF_EXPLODE;
    context_->pkt_timebase = stream.time_base;
    EXPECT_EQ(avcodec_open2(context_, nullptr, nullptr), 0);
  }
  ~Decoding() {
    av_frame_free(&frame_);
    avcodec_free_context(&context_);
  }
  Decoding(const Decoding&) = delete;
  Decoding& operator=(const Decoding&) = delete;

  template <class Take>
  bool decode(const AVPacket* packet, Take take) {
    if (avcodec_send_packet(context_, packet) < 0) return false;
    int got = 0;
    while ((got = avcodec_receive_frame(context_, frame_)) == 0) take(*frame_);
    return got == AVERROR(EAGAIN) || got == AVERROR_EOF;
  }

 private:
  AVCodecContext* context_;
  AVFrame* frame_ = av_frame_alloc();
};

inline std::optional<std::uint32_t> number_of(const AVFrame& frame) {
  pattern::YuvView view;
  view.size_px = {static_cast<std::uint16_t>(frame.width),
                  static_cast<std::uint16_t>(frame.height)};
  for (int i = 0; i < 3; ++i) {
    view.planes[i] = frame.data[i];
    view.stride_bytes[i] = static_cast<std::uint32_t>(frame.linesize[i]);
  }
  const auto reading = pattern::read_picture(view);
  if (!reading) return std::nullopt;
  return reading->stamp.frame_number;
}

inline ReadClip read_clip(const std::string& path) {
  av_log_set_level(AV_LOG_QUIET);
  ReadClip clip;
  AVFormatContext* bare = nullptr;
  if (avformat_open_input(&bare, path.c_str(), nullptr, nullptr) != 0) {
    ADD_FAILURE() << "no file that can be read: " << path;
    return clip;
  }
  const std::unique_ptr<AVFormatContext, void (*)(AVFormatContext*)> file(
      bare, [](AVFormatContext* open) { avformat_close_input(&open); });
  EXPECT_GE(avformat_find_stream_info(bare, nullptr), 0);
  clip.duration = microseconds(bare->duration);
  std::vector<std::unique_ptr<Decoding>> decoders;
  for (unsigned i = 0; i < bare->nb_streams; ++i)
    decoders.push_back(std::make_unique<Decoding>(*bare->streams[i]));
  AVPacket* packet = av_packet_alloc();
  const auto take_picture = [&](const AVFrame& frame) {
    clip.width = frame.width;
    clip.height = frame.height;
    for (ReadPicture& picture : clip.pictures) {
      if (picture.number) continue;
      picture.number = number_of(frame);
      break;
    }
  };
  const auto take_sound = [&](const AVFrame& frame) {
    clip.channels = frame.ch_layout.nb_channels;
    clip.sound.resize(static_cast<std::size_t>(clip.channels));
    for (int channel = 0; channel < clip.channels; ++channel) {
      const auto* const planar = reinterpret_cast<const float*>(frame.extended_data[channel]);
      const auto* const words = reinterpret_cast<const std::int16_t*>(frame.data[0]);
      for (int i = 0; i < frame.nb_samples; ++i) {
        const float sample = frame.format == AV_SAMPLE_FMT_FLTP
                                 ? planar[i]
                                 : static_cast<float>(words[i * clip.channels + channel]) / 32768;
        clip.sound[static_cast<std::size_t>(channel)].push_back(sample);
      }
    }
  };
  while (av_read_frame(bare, packet) >= 0) {
    const AVStream& stream = *bare->streams[packet->stream_index];
    const Nanos at(av_rescale_q(packet->pts, stream.time_base, {1, 1'000'000'000}));
    Decoding& decoder = *decoders[static_cast<std::size_t>(packet->stream_index)];
    bool good = true;
    if (stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO) {
      clip.pictures.push_back({.at = at, .key = (packet->flags & AV_PKT_FLAG_KEY) != 0});
      good = decoder.decode(packet, take_picture);
    } else {
      clip.sound_at.push_back(at);
      good = decoder.decode(packet, take_sound);
    }
    clip.errors += good ? 0 : 1;
    av_packet_unref(packet);
  }
  for (std::size_t i = 0; i < decoders.size(); ++i) {
    if (bare->streams[i]->codecpar->codec_type == AVMEDIA_TYPE_VIDEO)
      (void)decoders[i]->decode(nullptr, take_picture);
  }
  av_packet_free(&packet);
  return clip;
}

// The amplitude of this frequency in the second half of it (Goertzel).
inline double loudness_at(const std::vector<float>& sound, double hz) {
  const double turn = 2 * std::cos(2 * M_PI * hz / 48'000);
  double before = 0, last = 0;
  const std::size_t count = 4800;
  if (sound.size() < 2 * count) return 0;
  for (std::size_t i = sound.size() - count; i < sound.size(); ++i) {
    const double now = static_cast<double>(sound[i]) + turn * last - before;
    before = std::exchange(last, now);
  }
  const double power = before * before + last * last - turn * before * last;
  return 2 * std::sqrt(std::max(power, 0.0)) / static_cast<double>(count);
}

}  // namespace pf::blackbox::testing_clips
