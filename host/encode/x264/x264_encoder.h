// H.264 through libx264.
#pragma once

#include <memory>
#include <string>

#include "host/encode/part_writer.h"
#include "host/encode/software_input.h"
#include "host/encode/x264/frame_numbers.h"
#include "host/encode/x264/x264_settings.h"

namespace pf::encode::x264 {

class X264Encoder final : public Encoder {
 public:
  static Result<std::unique_ptr<Encoder>> open(const EncodeRequest& request, const Clock& clock);

  X264Encoder(const EncodeRequest& request, const x264_param_t& settings, const Clock& clock);

  const StreamParameters& parameters() const noexcept override { return parameters_; }
  Result<void> encode(capture::RawFrame frame, const FrameDirective& directive,
                      PartSink& sink) override;
  Result<void> encode_again(const FrameDirective& directive, PartSink& sink) override;
  EncodeCost last_cost() const noexcept override { return cost_; }

 private:
  struct Close {
    void operator()(x264_t* encoder) const noexcept { x264_encoder_close(encoder); }
  };

  enum class Answer : std::uint8_t { none, anchor, idr };

  // libx264 calls these on our thread, from within x264_encoder_encode and x264_encoder_open.
  static void on_nal(x264_t* encoder, x264_nal_t* nal, void* self);
  bool widen_number(x264_nal_t& nal) noexcept;
  static void on_log(void* self, int level, const char* format, va_list arguments);

  Result<void> submit(const PictureStamps& stamps, const FrameDirective& directive, PartSink& sink);
  Answer forget(const LostFrames& lost) noexcept;
  Result<void> follow_rate(std::uint32_t bitrate_kbps);
  x264_picture_t picture_for(const FrameDirective& directive) noexcept;

  x264_param_t settings_;
  StreamParameters parameters_;
  SoftwareInput input_;
  PartWriter writer_;
  std::string last_complaint_;
  int last_macroblock_;
  std::int64_t picture_count_ = 0;
  FrameId last_idr_{};
  FrameNumbers numbers_;
  bool numbered_ = true;  // every NAL unit of the picture under way
  EncodeCost cost_;
  std::unique_ptr<x264_t, Close> encoder_;
};

}  // namespace pf::encode::x264
