#include "host/encode/x264/x264_settings.h"

#include <algorithm>

#include "host/encode/software_input.h"

namespace pf::encode::x264 {
namespace {

// Pictures that the decoder's buffer may be behind at the stream's rate. One would keep each
// picture strictly to its share of the rate; the half above it spares key frames the worst.
constexpr double kVbvPictures = 1.5;

// A finer quantizer buys nothing that is seen (the colour card stays within ±2), but where the
// picture is easy and the rate high, bits and time: at 720p and 20 Mbit/s 11 kB instead of 31
// and 2.6 ms instead of 3.2 per picture.
constexpr int kFinestQuantizer = 16;

Result<void> check(const EncodeRequest& request) {
  const auto [width, height] = request.size_px;
  if (request.codec != Codec::h264) {
    return fail(ErrorKind::unavailable, "x264 encodes H.264 only");
  }
  if (width < kSmallestPx.width || height < kSmallestPx.height || width > kLargestPx.width ||
      height > kLargestPx.height) {
    return fail(ErrorKind::malformed, "x264 encodes {}x{} to {}x{}, not {}x{}", kSmallestPx.width,
                kSmallestPx.height, kLargestPx.width, kLargestPx.height, width, height);
  }
  if (request.refresh.numerator == 0 || request.refresh.denominator == 0) {
    return fail(ErrorKind::malformed, "a rate of {}/{} Hz cannot be encoded",
                request.refresh.numerator, request.refresh.denominator);
  }
  return check_colour(request.colour);
}

void set_colour(x264_param_t& settings, const ColourDescription& colour) noexcept {
  settings.vui.i_colorprim = colour.primaries;
  settings.vui.i_transfer = colour.transfer;
  settings.vui.i_colmatrix = colour.matrix;
  settings.vui.b_fullrange = colour.full_range ? 1 : 0;
  settings.vui.i_chroma_loc = 1;  // in the middle of four pixels: host/convert/kernels.h
}

// Older pictures to fall back on when newer ones are lost on the way to the client. Each covers one
// period of the round trip that tells us, and costs memory at both ends, but no time: only the
// newest good one is searched. Level 4.2 is what every decoder of 1080p60 has.
int kept_pictures(const x264_param_t& settings) noexcept {
  constexpr int kLevel42Macroblocks = 34'816;
  const int macroblocks = (settings.i_width + 15) / 16 * ((settings.i_height + 15) / 16);
  return std::clamp(kLevel42Macroblocks / macroblocks, 4, 8);
}

// One picture in, one access unit out, nothing kept back.
void set_no_delay(x264_param_t& settings, const EncodeRequest& request) noexcept {
  settings.i_threads = 1;  // frame threads delay, slice threads finish in any order
  settings.b_sliced_threads = 0;
  settings.i_sync_lookahead = 0;
  settings.rc.i_lookahead = 0;
  settings.rc.b_mb_tree = 0;
  settings.i_bframe = 0;
  settings.b_vfr_input = 0;
  settings.i_frame_reference = 1;
  settings.i_dpb_size = kept_pictures(settings);
  if (request.max_reference_pictures > 0)
    settings.i_dpb_size =
        std::min(settings.i_dpb_size, static_cast<int>(request.max_reference_pictures));
  const std::uint32_t macroblock_rows = (static_cast<std::uint32_t>(settings.i_height) + 15) / 16;
  settings.i_slice_count = static_cast<int>(std::clamp(request.slices, 1u, macroblock_rows));
}

// Key frames when we ask, and each of them can be started from.
void set_key_frames(x264_param_t& settings) noexcept {
  settings.i_keyint_max = X264_KEYINT_MAX_INFINITE;
  settings.i_scenecut_threshold = 0;
  settings.b_intra_refresh = 0;
  settings.b_repeat_headers = 1;
  settings.b_annexb = 1;
  settings.b_aud = 0;
}

}  // namespace

std::uint32_t possible_rate(std::uint32_t bitrate_kbps) noexcept {
  return std::clamp(bitrate_kbps, kSlowestKbps, kFastestKbps);
}

void set_rate(x264_param_t& settings, std::uint32_t bitrate_kbps) noexcept {
  const std::uint32_t kbps = possible_rate(bitrate_kbps);
  const double pictures_per_second =
      static_cast<double>(settings.i_fps_num) / static_cast<double>(settings.i_fps_den);
  settings.rc.i_rc_method = X264_RC_ABR;
  settings.rc.i_qp_min = kFinestQuantizer;
  settings.rc.i_bitrate = static_cast<int>(kbps);
  settings.rc.i_vbv_max_bitrate = static_cast<int>(kbps);
  settings.rc.i_vbv_buffer_size =
      std::max(1, static_cast<int>(kbps * kVbvPictures / pictures_per_second));
}

Result<x264_param_t> settings_for(const EncodeRequest& request) {
  PF_TRY_VOID(check(request));
  x264_param_t settings;
  if (x264_param_default_preset(&settings, kPreset, "zerolatency") < 0) {
    return fail(ErrorKind::internal, "x264 does not know the preset {}", kPreset);
  }
  const SizePx coded = convert::even_size(request.size_px);
  settings.i_width = static_cast<int>(coded.width);
  settings.i_height = static_cast<int>(coded.height);
  settings.i_csp = X264_CSP_NV12;
  settings.i_fps_num = request.refresh.numerator;
  settings.i_fps_den = request.refresh.denominator;
  settings.i_timebase_num = request.refresh.denominator;
  settings.i_timebase_den = request.refresh.numerator;
  settings.i_log_level = X264_LOG_ERROR;
  set_no_delay(settings, request);
  set_key_frames(settings);
  set_colour(settings, request.colour);
  set_rate(settings, request.bitrate_kbps);
  return settings;
}

}  // namespace pf::encode::x264
