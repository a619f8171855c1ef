#include "host/encode/x264/x264_encoder.h"

#include <cstdarg>
#include <cstdio>

#include "core/runtime/system_clock.h"

namespace pf::encode::x264 {
namespace {

// What x264_nal_encode asks for beyond the payload: escapes, start code and the reach of its vector
// code.
std::size_t most_bytes(const x264_nal_t& nal) noexcept {
  return static_cast<std::size_t>(nal.i_payload) * 3 / 2 + 5 + 64;
}

// With it nothing of what a repeated picture still lacks is worth a bit.
constexpr int kCoarsestQuantizer = 51;

std::int64_t pts_of(FrameId id) noexcept { return static_cast<std::int64_t>(value(id)); }

bool is_slice(const x264_nal_t& nal) noexcept {
  return nal.i_type == NAL_SLICE || nal.i_type == NAL_SLICE_IDR;
}

}  // namespace

Result<std::unique_ptr<Encoder>> X264Encoder::open(const EncodeRequest& request,
                                                   const Clock& clock) {
  PF_TRY(const x264_param_t settings, settings_for(request));
  auto encoder = std::make_unique<X264Encoder>(request, settings, clock);
  if (encoder->encoder_ == nullptr) {
    return fail(ErrorKind::unavailable, "x264 refuses {}x{}: {}", settings.i_width,
                settings.i_height, encoder->last_complaint_);
  }
  return encoder;
}

X264Encoder::X264Encoder(const EncodeRequest& request, const x264_param_t& settings,
                         const Clock& clock)
    : settings_(settings),
      parameters_{.codec = Codec::h264,
                  .size_px = convert::even_size(request.size_px),
                  .refresh = request.refresh,
                  .colour = request.colour,
                  .bitrate_kbps = static_cast<std::uint32_t>(settings.rc.i_bitrate),
                  .max_bitrate_kbps = kFastestKbps,
                  // With one picture to refer to there is never an older one.
                  .drops_references = settings.i_dpb_size > 1},
      input_(request.size_px, convert::ChromaLayout::nv12, request.colour, clock),
      last_macroblock_((settings.i_width + 15) / 16 * ((settings.i_height + 15) / 16) - 1) {
  settings_.pf_log = on_log;
  settings_.p_log_private = this;
  settings_.nalu_process = on_nal;
  encoder_.reset(x264_encoder_open(&settings_));
}

Result<void> X264Encoder::encode(capture::RawFrame frame, const FrameDirective& directive,
                                 PartSink& sink) {
  PF_TRY(const PictureStamps stamps, input_.take(std::move(frame)));
  return submit(stamps, directive, sink);
}

Result<void> X264Encoder::encode_again(const FrameDirective& directive, PartSink& sink) {
  PF_TRY(const PictureStamps stamps, input_.again());
  return submit(stamps, directive, sink);
}

Result<void> X264Encoder::submit(const PictureStamps& stamps, const FrameDirective& directive,
                                 PartSink& sink) {
  const Nanos cpu_before = thread_cpu_time();
  PF_TRY_VOID(follow_rate(directive.bitrate_kbps));
  const Answer answer = directive.lost ? forget(*directive.lost) : Answer::none;
  numbered_ = true;
  writer_.begin(directive.id, answer == Answer::anchor, stamps, sink);
  x264_picture_t in = picture_for(directive);
  if (answer == Answer::idr) in.i_type = X264_TYPE_IDR;
  x264_picture_t out;
  x264_nal_t* unused_nals = nullptr;
  int unused_count = 0;
  const int bytes = x264_encoder_encode(encoder_.get(), &unused_nals, &unused_count, &in, &out);
  cost_ = {.convert = input_.convert_cost(), .encode = thread_cpu_time() - cpu_before};
  if (bytes < 0) {
    return fail(ErrorKind::internal, "x264 failed at picture {}: {}", picture_count_,
                last_complaint_);
  }
  if (!numbered_) {
    return fail(ErrorKind::internal, "x264 wrote headers of another kind for picture {}",
                picture_count_);
  }
  if (!writer_.finish()) {
    return fail(ErrorKind::internal, "x264 gave no whole access unit for picture {}",
                picture_count_);
  }
  return {};
}

Result<void> X264Encoder::follow_rate(std::uint32_t bitrate_kbps) {
  const std::uint32_t kbps = possible_rate(bitrate_kbps);
  if (bitrate_kbps == 0 || kbps == parameters_.bitrate_kbps) return {};
  set_rate(settings_, kbps);
  if (x264_encoder_reconfig(encoder_.get(), &settings_) < 0) {
    return fail(ErrorKind::internal, "x264 refuses {} kbit/s: {}", kbps, last_complaint_);
  }
  parameters_.bitrate_kbps = kbps;
  return {};
}

// x264 forgets a picture with everything after it, but only back to the last IDR: one that was lost
// itself must be made again. So is it where decoders would lose count (frame_numbers.h).
X264Encoder::Answer X264Encoder::forget(const LostFrames& lost) noexcept {
  if (lost.last < last_idr_) return Answer::none;  // healed by that one
  if (lost.first <= last_idr_) return Answer::idr;
  if (numbers_.wraps_within(settings_.i_dpb_size)) return Answer::idr;
  const int done = x264_encoder_invalidate_reference(encoder_.get(), pts_of(lost.first));
  return done < 0 ? Answer::idr : Answer::anchor;
}

x264_picture_t X264Encoder::picture_for(const FrameDirective& directive) noexcept {
  const convert::YuvPlanes& planes = input_.planes();
  x264_picture_t picture;
  x264_picture_init(&picture);
  picture.img.i_csp = X264_CSP_NV12;
  picture.img.i_plane = 2;
  for (int i = 0; i < 2; ++i) {
    picture.img.plane[i] = planes.planes[i];
    picture.img.i_stride[i] = static_cast<int>(planes.stride_bytes[i]);
  }
  picture.i_type = directive.idr ? X264_TYPE_IDR : X264_TYPE_AUTO;
  if (directive.as_before && !directive.idr && !directive.lost)
    picture.i_qpplus1 = kCoarsestQuantizer + 1;
  picture.i_pts = pts_of(directive.id);
  ++picture_count_;
  picture.opaque = this;
  return picture;
}

void X264Encoder::on_nal(x264_t* encoder, x264_nal_t* nal, void* self) {
  auto& us = *static_cast<X264Encoder*>(self);
  if (!us.widen_number(*nal)) us.numbered_ = false;
  std::byte* const room = us.writer_.room(most_bytes(*nal));
  x264_nal_encode(encoder, reinterpret_cast<std::uint8_t*>(room), nal);
  us.writer_.took(static_cast<std::size_t>(nal->i_payload));
  if (is_slice(*nal)) {
    if (nal->i_type == NAL_SLICE_IDR) us.last_idr_ = us.writer_.id();
    us.writer_.send(nal->i_type == NAL_SLICE_IDR, nal->i_last_mb == us.last_macroblock_);
  }
}

bool X264Encoder::widen_number(x264_nal_t& nal) noexcept {
  if (!is_slice(nal) && nal.i_type != NAL_SPS) return true;
  auto* const payload = reinterpret_cast<std::byte*>(nal.p_payload);
  const auto bytes = static_cast<std::size_t>(nal.i_payload);
  const auto widened = is_slice(nal)
                           ? numbers_.widen_slice(payload, bytes, nal.i_type == NAL_SLICE_IDR)
                           : FrameNumbers::widen_sps(payload, bytes);
  if (widened) nal.i_payload = static_cast<int>(*widened);
  return widened.has_value();
}

void X264Encoder::on_log(void* self, int, const char* format, va_list arguments) {
  char text[256];
  std::vsnprintf(text, sizeof text, format, arguments);
  std::string& complaint = static_cast<X264Encoder*>(self)->last_complaint_;
  complaint = text;
  while (!complaint.empty() && complaint.back() == '\n') complaint.pop_back();
}

}  // namespace pf::encode::x264
