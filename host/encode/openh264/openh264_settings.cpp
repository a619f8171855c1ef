#include "host/encode/openh264/openh264_settings.h"

#include <algorithm>

#include "host/encode/software_input.h"

namespace pf::encode::openh264 {
namespace {

constexpr double kMostPicturesPerSecond = 60.0;
constexpr std::uint32_t kMostSlices = 35;  // MAX_SLICES_NUM of the library

Result<void> check(const EncodeRequest& request) {
  const auto [width, height] = request.size_px;
  if (request.codec != Codec::h264) {
    return fail(ErrorKind::unavailable, "OpenH264 encodes H.264 only");
  }
  if (width < kSmallestPx.width || height < kSmallestPx.height || width > kLargestPx.width ||
      height > kLargestPx.height) {
    return fail(ErrorKind::malformed, "OpenH264 encodes {}x{} to {}x{}, not {}x{}",
                kSmallestPx.width, kSmallestPx.height, kLargestPx.width, kLargestPx.height, width,
                height);
  }
  if (request.refresh.numerator == 0 || request.refresh.denominator == 0) {
    return fail(ErrorKind::malformed, "a rate of {}/{} Hz cannot be encoded",
                request.refresh.numerator, request.refresh.denominator);
  }
  return check_colour(request.colour);
}

void set_slices(SSpatialLayerConfig& layer, std::uint32_t slices) noexcept {
  const std::uint32_t macroblock_rows = (static_cast<std::uint32_t>(layer.iVideoHeight) + 15) / 16;
  const std::uint32_t count = std::clamp(slices, 1u, std::min(macroblock_rows, kMostSlices));
  layer.sSliceArgument.uiSliceMode = count == 1 ? SM_SINGLE_SLICE : SM_FIXEDSLCNUM_SLICE;
  layer.sSliceArgument.uiSliceNum = count;
}

void set_colour(SSpatialLayerConfig& layer, const ColourDescription& colour) noexcept {
  layer.bVideoSignalTypePresent = true;
  layer.uiVideoFormat = VF_UNDEF;
  layer.bFullRange = colour.full_range;
  layer.bColorDescriptionPresent = true;
  layer.uiColorPrimaries = colour.primaries;
  layer.uiTransferCharacteristics = colour.transfer;
  layer.uiColorMatrix = colour.matrix;
}

// Nothing that looks clever at the cost of a picture: no skipped pictures, no key frames of its
// own.
void set_behaviour(SEncParamExt& settings) noexcept {
  settings.iUsageType = CAMERA_VIDEO_REAL_TIME;  // the screen mode takes twice as long
  settings.iRCMode = RC_BITRATE_MODE;
  settings.iComplexityMode = LOW_COMPLEXITY;
  settings.iTemporalLayerNum = 1;
  settings.iSpatialLayerNum = 1;
  settings.iNumRefFrame = 1;
  settings.uiIntraPeriod = 0;
  settings.eSpsPpsIdStrategy = CONSTANT_ID;
  settings.iEntropyCodingModeFlag = 1;
  settings.bEnableFrameSkip = false;
  settings.bEnableSceneChangeDetect = false;
  settings.bEnableLongTermReference = false;
  settings.bEnableDenoise = false;
  settings.bEnableBackgroundDetection = false;
  settings.bEnableAdaptiveQuant = false;
  settings.iMultipleThreadIdc = 1;
  settings.iMinQp = 16;  // finer is not seen
  settings.iMaxQp = 51;
}

}  // namespace

std::uint32_t possible_rate(std::uint32_t bitrate_kbps) noexcept {
  return std::clamp(bitrate_kbps, kSlowestKbps, kFastestKbps);
}

int rate_for_library(std::uint32_t bitrate_kbps, RefreshRate refresh) noexcept {
  const double scale = std::min(1.0, kMostPicturesPerSecond / refresh.hz());
  return static_cast<int>(possible_rate(bitrate_kbps) * 1000.0 * scale);
}

Result<SEncParamExt> settings_for(ISVCEncoder& library, const EncodeRequest& request) {
  PF_TRY_VOID(check(request));
  SEncParamExt settings;
  library.GetDefaultParams(&settings);
  const SizePx coded = convert::even_size(request.size_px);
  settings.iPicWidth = static_cast<int>(coded.width);
  settings.iPicHeight = static_cast<int>(coded.height);
  settings.fMaxFrameRate =
      static_cast<float>(std::min(kMostPicturesPerSecond, request.refresh.hz()));
  settings.iTargetBitrate = rate_for_library(request.bitrate_kbps, request.refresh);
  settings.iMaxBitrate = UNSPECIFIED_BIT_RATE;
  set_behaviour(settings);

  SSpatialLayerConfig& layer = settings.sSpatialLayers[0];
  layer.iVideoWidth = settings.iPicWidth;
  layer.iVideoHeight = settings.iPicHeight;
  layer.fFrameRate = settings.fMaxFrameRate;
  layer.iSpatialBitrate = settings.iTargetBitrate;
  layer.iMaxSpatialBitrate = UNSPECIFIED_BIT_RATE;
  layer.uiProfileIdc = PRO_HIGH;
  layer.uiLevelIdc = LEVEL_5_2;
  set_slices(layer, request.slices);
  set_colour(layer, request.colour);
  return settings;
}

}  // namespace pf::encode::openh264
