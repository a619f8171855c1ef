#include "host/doctor/test_line.h"

#include <cstdlib>

#include "client/decode/modules.h"
#include "core/runtime/installed.h"
#include "pattern/card.h"

namespace pf::doctor {
namespace {

constexpr Nanos kFirstPicture = seconds(5);
constexpr Nanos kNextPicture = seconds(2);
constexpr std::size_t kPictures = 8;
// What an encoder makes of the coded picture at the usual rates is within 2; another picture, or
// a shifted one, is 20 and more off.
constexpr double kMostDifference = 8;
// Of a patch of the colour card. 4:2:0 and coding cost 3; swapped planes or another matrix, 30.
constexpr double kMostColourError = 16;

// Keeps what the encoder gives out.
class Collector final : public encode::PartSink {
 public:
  void on_part(const encode::AccessUnitPart& part) noexcept override {
    bytes.insert(bytes.end(), part.bytes.begin(), part.bytes.end());
  }
  std::vector<std::byte> bytes;
};

pattern::YuvView view_of(const convert::YuvPlanes& planes, SizePx visible_px) {
  return {.size_px = visible_px,
          .planes = {planes.planes[0], planes.planes[1], planes.planes[2]},
          .stride_bytes = {planes.stride_bytes[0], planes.stride_bytes[1], planes.stride_bytes[2]},
          .full_range = false};
}

std::vector<std::uint8_t> luma_of(const convert::YuvPlanes& planes) {
  std::vector<std::uint8_t> luma;
  luma.reserve(std::size_t{planes.size_px.width} * planes.size_px.height);
  for (std::uint32_t y = 0; y < planes.size_px.height; ++y) {
    const std::uint8_t* const row = planes.planes[0] + std::size_t{y} * planes.stride_bytes[0];
    luma.insert(luma.end(), row, row + planes.size_px.width);
  }
  return luma;
}

}  // namespace

double mean_difference(const std::vector<std::uint8_t>& luma, SizePx size_px,
                       const std::uint8_t* other, std::uint32_t other_stride_bytes) noexcept {
  std::uint64_t sum = 0;
  for (std::uint32_t y = 0; y < size_px.height; ++y) {
    const std::uint8_t* const one = luma.data() + std::size_t{y} * size_px.width;
    const std::uint8_t* const two = other + std::size_t{y} * other_stride_bytes;
    for (std::uint32_t x = 0; x < size_px.width; ++x)
      sum += static_cast<std::uint64_t>(std::abs(one[x] - two[x]));
  }
  return static_cast<double>(sum) / static_cast<double>(luma.size());
}

Result<config::HostConfig> test_config(Patient& patient) {
  if (!patient.config()) return tl::unexpected(patient.config().error());
  PF_TRY(const std::string pattern, find_installed_program("punktfunk-pattern"));
  config::HostConfig config = *patient.config();
  config.desktop.command = {pattern};
  return config;
}

TestLine::TestLine(Patient& patient) : patient_(patient) {}
TestLine::~TestLine() = default;

Result<std::string> TestLine::open_display() {
  PF_TRY(const auto config, test_config(patient_));
  PF_TRY(backends_, patient_.surroundings().choose_backends(config, nullptr));
  bitrate_kbps_ = config.video.bitrate_kbps;
  PF_TRY(display_, backends_.open_display({.mode = kTestMode,
                                           .command = config.desktop.command,
                                           .run_as = config.desktop.run_as}));
  PF_TRY_VOID(display_->check());
  return to_string(display_->mode());
}

Result<std::optional<capture::RawFrame>> TestLine::next(Nanos patience) {
  const LocalTime until = patient_.clock().now() + patience;
  while (patient_.clock().now() < until) {
    PF_TRY_VOID(display_->check());
    PF_TRY(auto frame, source_->next(bell_, milliseconds(100)));
    if (frame) return std::optional(*std::move(frame));
  }
  return std::optional<capture::RawFrame>();
}

Result<pattern::Reading> TestLine::wait_for_code() {
  const LocalTime until = patient_.clock().now() + kFirstPicture;
  std::size_t pictures = 0;
  for (Nanos left = kFirstPicture; left > Nanos(0); left = until - patient_.clock().now()) {
    PF_TRY(auto frame, next(left));
    if (!frame) break;
    ++pictures;
    PF_TRY_VOID(yuv_->update(frame->image, {}));
    if (const auto reading = pattern::read_picture(view_of(yuv_->planes(), kTestMode.size_px)))
      return *reading;
  }
  if (pictures == 0)
    return fail(ErrorKind::timed_out, "no picture was captured within {} s",
                std::chrono::duration_cast<seconds>(kFirstPicture).count());
  return fail(ErrorKind::malformed,
              "{} pictures were captured, but what the test program draws is on none of them",
              pictures);
}

Result<std::string> TestLine::capture() {
  const auto& config = patient_.config();
  PF_TRY(auto target,
         display_->capture_target(config->capture.backend == "wlr" ? display::CaptureWay::screencopy
                                                                   : display::CaptureWay::best));
  PF_TRY(source_, backends_.open_source(std::move(target), patient_.clock()));
  if (source_->format().size_px != kTestMode.size_px) {
    return fail(ErrorKind::malformed, "captured pictures have {} x {} pixels, not {} x {}",
                source_->format().size_px.width, source_->format().size_px.height,
                kTestMode.size_px.width, kTestMode.size_px.height);
  }
  yuv_.emplace(kTestMode.size_px, convert::ChromaLayout::i420);
  PF_TRY(const pattern::Reading reading, wait_for_code());
  return fmt::format("picture {} was read", reading.stamp.frame_number);
}

Result<void> TestLine::encode_one(encode::Encoder& encoder, bool first) {
  PF_TRY(auto frame, next(kNextPicture));
  if (!frame) return fail(ErrorKind::timed_out, "no further picture was captured");
  PF_TRY_VOID(yuv_->update(frame->image, {}));
  const auto reading = pattern::read_picture(view_of(yuv_->planes(), kTestMode.size_px));
  if (!reading)
    return fail(ErrorKind::malformed, "a captured picture does not show what was drawn");
  frame->damage_px = {};  // the encoder has not seen those that were looked at before
  Collector collector;
  PF_TRY_VOID(encoder.encode(*std::move(frame),
                             {.id = FrameId{pictures_.size() + 1},
                              .idr = first,
                              .lost = std::nullopt,
                              .bitrate_kbps = bitrate_kbps_},
                             collector));
  if (collector.bytes.empty()) return fail(ErrorKind::internal, "the encoder gave nothing out");
  pictures_.push_back({reading->stamp, luma_of(yuv_->planes()), std::move(collector.bytes)});
  return {};
}

Result<std::string> TestLine::encode() {
  PF_TRY(const auto encoder, backends_.open_encoder({.codec = encode::Codec::h264,
                                                     .size_px = kTestMode.size_px,
                                                     .refresh = kTestMode.refresh,
                                                     .bitrate_kbps = bitrate_kbps_},
                                                    patient_.clock()));
  Nanos cost{0};
  std::size_t bytes = 0;
  while (pictures_.size() < kPictures) {
    PF_TRY_VOID(encode_one(*encoder, pictures_.empty()));
    cost += encoder->last_cost().encode;
    bytes += pictures_.back().access_unit.size();
  }
  return fmt::format("{} pictures, {:.1f} ms and {} KiB each", kPictures,
                     std::chrono::duration<double, std::milli>(cost).count() / kPictures,
                     bytes / kPictures >> 10);
}

Result<std::string> TestLine::decode() {
  PF_TRY(const auto* const module, decode::load_module("libavcodec"));
  PF_TRY(const auto decoder, module->open());
  double worst = 0, colours = 0;
  std::uint64_t id = 0;
  for (const Picture& picture : pictures_) {
    PF_TRY(const auto decoded, decoder->decode(picture.access_unit, FrameId{++id}));
    if (!decoded) return fail(ErrorKind::malformed, "picture {} cannot be decoded", id);
    if (decoded->size_px != kTestMode.size_px)
      return fail(ErrorKind::malformed, "picture {} has another size when decoded", id);
    const pattern::YuvView view{
        .size_px = decoded->size_px,
        .planes = {decoded->planes[0], decoded->planes[1], decoded->planes[2]},
        .stride_bytes = {decoded->stride_bytes[0], decoded->stride_bytes[1],
                         decoded->stride_bytes[2]},
        .full_range = decoded->full_range};
    const auto reading = pattern::read_picture(view);
    if (!reading || reading->stamp != picture.stamp)
      return fail(ErrorKind::malformed, "picture {} is another one when decoded", id);
    worst = std::max(worst, mean_difference(picture.luma, decoded->size_px, decoded->planes[0],
                                            decoded->stride_bytes[0]));
    colours = std::max(colours, pattern::check_card(view).largest_error);
  }
  if (worst > kMostDifference || colours > kMostColourError) {
    return fail(ErrorKind::malformed,
                "decoded pictures differ: luma by {:.1f} of 255 in the mean, colours by {:.1f}",
                worst, colours);
  }
  return fmt::format("luma differs by {:.1f} of 255 in the mean, colours by {:.1f} at most", worst,
                     colours);
}

}  // namespace pf::doctor
