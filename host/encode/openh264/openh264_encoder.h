// H.264 through Cisco's OpenH264.
#pragma once

#include <memory>

#include "host/encode/openh264/openh264_settings.h"
#include "host/encode/part_writer.h"
#include "host/encode/software_input.h"

namespace pf::encode::openh264 {

struct CloseLibrary {
  void operator()(ISVCEncoder* library) const noexcept;
};
using Library = std::unique_ptr<ISVCEncoder, CloseLibrary>;

class OpenH264Encoder final : public Encoder {
 public:
  static Result<std::unique_ptr<Encoder>> open(const EncodeRequest& request, const Clock& clock);

  OpenH264Encoder(const EncodeRequest& request, Library library, const Clock& clock);

  const StreamParameters& parameters() const noexcept override { return parameters_; }
  Result<void> encode(capture::RawFrame frame, const FrameDirective& directive,
                      PartSink& sink) override;
  Result<void> encode_again(const FrameDirective& directive, PartSink& sink) override;
  EncodeCost last_cost() const noexcept override { return cost_; }

 private:
  Result<void> submit(const PictureStamps& stamps, const FrameDirective& directive, PartSink& sink);
  Result<void> follow_rate(std::uint32_t bitrate_kbps);
  SSourcePicture picture() noexcept;
  void send(const SFrameBSInfo& encoded);

  StreamParameters parameters_;
  SoftwareInput input_;
  PartWriter writer_;
  std::uint64_t picture_count_ = 0;
  EncodeCost cost_;
  Library library_;
};

}  // namespace pf::encode::openh264
