#include "host/encode/openh264/openh264_encoder.h"

#include <algorithm>

#include "core/runtime/system_clock.h"

namespace pf::encode::openh264 {

void CloseLibrary::operator()(ISVCEncoder* library) const noexcept {
  library->Uninitialize();
  WelsDestroySVCEncoder(library);
}

Result<std::unique_ptr<Encoder>> OpenH264Encoder::open(const EncodeRequest& request,
                                                       const Clock& clock) {
  ISVCEncoder* bare = nullptr;
  if (WelsCreateSVCEncoder(&bare) != 0 || bare == nullptr) {
    return fail(ErrorKind::unavailable, "OpenH264 creates no encoder");
  }
  Library library(bare);
  int quiet = WELS_LOG_QUIET;
  library->SetOption(ENCODER_OPTION_TRACE_LEVEL, &quiet);
  PF_TRY(const SEncParamExt settings, settings_for(*library, request));
  if (const int error = library->InitializeExt(&settings); error != cmResultSuccess) {
    return fail(ErrorKind::unavailable, "OpenH264 refuses {}x{} at {} kbit/s: error {}",
                settings.iPicWidth, settings.iPicHeight, request.bitrate_kbps, error);
  }
  int format = videoFormatI420;
  library->SetOption(ENCODER_OPTION_DATAFORMAT, &format);
  return std::make_unique<OpenH264Encoder>(request, std::move(library), clock);
}

OpenH264Encoder::OpenH264Encoder(const EncodeRequest& request, Library library, const Clock& clock)
    : parameters_{.codec = Codec::h264,
                  .size_px = convert::even_size(request.size_px),
                  .refresh = request.refresh,
                  .colour = request.colour,
                  .bitrate_kbps = possible_rate(request.bitrate_kbps),
                  .max_bitrate_kbps = kFastestKbps},
      input_(request.size_px, convert::ChromaLayout::i420, request.colour, clock),
      library_(std::move(library)) {}

Result<void> OpenH264Encoder::encode(capture::RawFrame frame, const FrameDirective& directive,
                                     PartSink& sink) {
  PF_TRY(const PictureStamps stamps, input_.take(std::move(frame)));
  return submit(stamps, directive, sink);
}

Result<void> OpenH264Encoder::encode_again(const FrameDirective& directive, PartSink& sink) {
  PF_TRY(const PictureStamps stamps, input_.again());
  return submit(stamps, directive, sink);
}

Result<void> OpenH264Encoder::submit(const PictureStamps& stamps, const FrameDirective& directive,
                                     PartSink& sink) {
  const Nanos cpu_before = thread_cpu_time();
  PF_TRY_VOID(follow_rate(directive.bitrate_kbps));
  if (directive.idr) library_->ForceIntraFrame(true);
  writer_.begin(directive.id, false, stamps, sink);
  const SSourcePicture in = picture();
  SFrameBSInfo encoded{};
  const int error = library_->EncodeFrame(&in, &encoded);
  if (error == cmResultSuccess) send(encoded);
  cost_ = {.convert = input_.convert_cost(), .encode = thread_cpu_time() - cpu_before};
  if (error != cmResultSuccess) {
    return fail(ErrorKind::internal, "OpenH264 failed at picture {}: error {}", picture_count_,
                error);
  }
  if (!writer_.finish()) {
    return fail(ErrorKind::internal, "OpenH264 gave no access unit for picture {}", picture_count_);
  }
  return {};
}

Result<void> OpenH264Encoder::follow_rate(std::uint32_t bitrate_kbps) {
  const std::uint32_t kbps = possible_rate(bitrate_kbps);
  if (bitrate_kbps == 0 || kbps == parameters_.bitrate_kbps) return {};
  SBitrateInfo rate{SPATIAL_LAYER_ALL, rate_for_library(kbps, parameters_.refresh)};
  if (const int error = library_->SetOption(ENCODER_OPTION_BITRATE, &rate);
      error != cmResultSuccess) {
    return fail(ErrorKind::internal, "OpenH264 refuses {} kbit/s: error {}", kbps, error);
  }
  parameters_.bitrate_kbps = kbps;
  return {};
}

SSourcePicture OpenH264Encoder::picture() noexcept {
  const convert::YuvPlanes& planes = input_.planes();
  SSourcePicture picture{};
  picture.iColorFormat = videoFormatI420;
  picture.iPicWidth = static_cast<int>(planes.size_px.width);
  picture.iPicHeight = static_cast<int>(planes.size_px.height);
  for (int i = 0; i < 3; ++i) {
    picture.pData[i] = planes.planes[i];
    picture.iStride[i] = static_cast<int>(planes.stride_bytes[i]);
  }
  // The rate control reads the pace of the pictures from these: the nominal one, whatever the
  // screen does.
  const double period_ms = 1000.0 * std::max(1.0 / 60, 1.0 / parameters_.refresh.hz());
  picture.uiTimeStamp = static_cast<long long>(static_cast<double>(picture_count_++) * period_ms);
  return picture;
}

// Layers of NAL units: parameter sets, then the slices. All of them at once.
void OpenH264Encoder::send(const SFrameBSInfo& encoded) {
  const bool idr = encoded.eFrameType == videoFrameTypeIDR;
  for (int i = 0; i < encoded.iLayerNum; ++i) {
    const SLayerBSInfo& layer = encoded.sLayerInfo[i];
    const auto* from = reinterpret_cast<const std::byte*>(layer.pBsBuf);
    for (int unit = 0; unit < layer.iNalCount; ++unit) {
      const auto bytes = static_cast<std::size_t>(layer.pNalLengthInByte[unit]);
      std::copy(from, from + bytes, writer_.room(bytes));
      writer_.took(bytes);
      from += bytes;
      const bool last = i == encoded.iLayerNum - 1 && unit == layer.iNalCount - 1;
      if (layer.uiLayerType == VIDEO_CODING_LAYER) writer_.send(idr, last);
    }
  }
}

}  // namespace pf::encode::openh264
