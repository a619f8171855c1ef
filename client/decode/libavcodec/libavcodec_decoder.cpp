#include "client/decode/libavcodec/libavcodec_decoder.h"

#include <algorithm>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
}

namespace pf::decode {
namespace {

constexpr std::int64_t kMostPixels =
    std::int64_t{16384} * 16384;  // a bound on what a stream can make us allocate

struct FreeContext {
  void operator()(AVCodecContext* context) const noexcept { avcodec_free_context(&context); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const noexcept { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const noexcept { av_packet_free(&packet); }
};
using Context = std::unique_ptr<AVCodecContext, FreeContext>;
using Frame = std::unique_ptr<AVFrame, FreeFrame>;
using Packet = std::unique_ptr<AVPacket, FreePacket>;

std::string words_of(int error) {
  char words[AV_ERROR_MAX_STRING_SIZE];
  return av_make_error_string(words, sizeof words, error);
}

class LibavcodecDecoder final : public Decoder {
 public:
  LibavcodecDecoder(Context context, Frame frame, Packet packet) noexcept
      : context_(std::move(context)), frame_(std::move(frame)), packet_(std::move(packet)) {}

  Result<std::optional<DecodedPicture>> decode(std::span<const std::byte> access_unit,
                                               FrameId id) override {
    PF_TRY_VOID(fill_packet(access_unit));
    const int sent = avcodec_send_packet(context_.get(), packet_.get());
    av_packet_unref(packet_.get());
    if (sent == AVERROR(ENOMEM)) return fail(ErrorKind::exhausted, "no memory to decode with");
    // Low delay: what went in comes out at once, so one question is enough.
    const int got = avcodec_receive_frame(context_.get(), frame_.get());
    if (got == AVERROR(ENOMEM)) return fail(ErrorKind::exhausted, "no memory to decode with");
    if (sent < 0 || got < 0) return std::nullopt;  // damaged, or waiting for a key frame
    return picture(id);
  }

 private:
  // libavcodec reads a little beyond the end, so the bytes need padding of their own.
  Result<void> fill_packet(std::span<const std::byte> access_unit) {
    if (access_unit.size() > kMaxAccessUnitBytes) {
      return fail(ErrorKind::malformed, "an access unit of {} bytes is larger than any picture",
                  access_unit.size());
    }
    if (av_new_packet(packet_.get(), static_cast<int>(access_unit.size())) < 0) {
      return fail(ErrorKind::exhausted, "no memory for an access unit of {} bytes",
                  access_unit.size());
    }
    std::copy(access_unit.begin(), access_unit.end(), reinterpret_cast<std::byte*>(packet_->data));
    return {};
  }

  Result<std::optional<DecodedPicture>> picture(FrameId id) const {
    const AVFrame& frame = *frame_;
    const bool damaged =
        (frame.flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame.decode_error_flags != 0;
    if (damaged) return std::nullopt;
    if (frame.format != AV_PIX_FMT_YUV420P && frame.format != AV_PIX_FMT_YUVJ420P) {
      return fail(ErrorKind::malformed, "the stream is not 8-bit 4:2:0");
    }
    DecodedPicture picture{.size_px = {static_cast<std::uint32_t>(frame.width),
                                       static_cast<std::uint32_t>(frame.height)},
                           .id = id,
                           .matrix = static_cast<std::uint8_t>(frame.colorspace),
                           .full_range = frame.color_range == AVCOL_RANGE_JPEG};
    for (int i = 0; i < 3; ++i) {
      picture.planes[i] = frame.data[i];
      picture.stride_bytes[i] = static_cast<std::uint32_t>(frame.linesize[i]);
    }
    return picture;
  }

  Context context_;
  Frame frame_;
  Packet packet_;
};

}  // namespace

Result<std::unique_ptr<Decoder>> open_libavcodec_decoder() {
  // It would write a line to stderr for each damaged picture; what matters comes back as a value.
  av_log_set_level(AV_LOG_QUIET);
  const AVCodec* const codec = avcodec_find_decoder(AV_CODEC_ID_H264);
  if (codec == nullptr) return fail(ErrorKind::unavailable, "this libavcodec has no H.264 decoder");
  Context context(avcodec_alloc_context3(codec));
  Frame frame(av_frame_alloc());
  Packet packet(av_packet_alloc());
  if (!context || !frame || !packet) return fail(ErrorKind::exhausted, "no memory for a decoder");
  context->flags |= AV_CODEC_FLAG_LOW_DELAY;
  context->thread_count = 1;
  context->max_pixels = kMostPixels;
  // Concealment stays on although its pictures are dropped: only with it does libavcodec notice
  // missing slices.
  context->err_recognition = AV_EF_EXPLODE;
  if (const int error = avcodec_open2(context.get(), codec, nullptr); error < 0) {
    return fail(ErrorKind::unavailable, "libavcodec does not open its H.264 decoder: {}",
                words_of(error));
  }
  return std::make_unique<LibavcodecDecoder>(std::move(context), std::move(frame),
                                             std::move(packet));
}

}  // namespace pf::decode
