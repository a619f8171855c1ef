#include "host/gamestream/server/stream_plan.h"

#include <algorithm>
#include <utility>

#include "core/audio/speaker_layout.h"
#include "core/net/traffic_class.h"
#include "host/plan/session_plan.h"

namespace pf::gamestream {
namespace {

// A client takes a stream without frames for a dead one, and learns of a loss from the next frame.
constexpr Nanos kRepeatStill = milliseconds(500);

Result<void> check(const StreamRequest& request) {
  const auto [width, height] = request.mode.size_px;
  if (width < plan::kSmallestMode.width || height < plan::kSmallestMode.height ||
      width > plan::kLargestMode.width || height > plan::kLargestMode.height ||
      request.mode.refresh.hz() > plan::kHighestRefreshHz) {
    return fail(ErrorKind::refused, "this host cannot show {}", to_string(request.mode));
  }
  // An address alone does not tell two clients behind one router apart.
  if (!request.pings_with_payload) {
    return fail(ErrorKind::refused,
                "the client does not say whose media it wants: update Moonlight");
  }
  return {};
}

// As the native door's, within what frame headers can count.
std::uint32_t largest_frame(const StreamRequest& request) {
  const auto hz = static_cast<std::uint32_t>(std::max(1.0, request.mode.refresh.hz()));
  const std::size_t payload_bytes = std::size_t{request.packet_size} - 16;
  const std::size_t countable = kMaxBlocks * kMaxBlockPackets * payload_bytes - 8;
  return static_cast<std::uint32_t>(
      std::min<std::size_t>(countable, plan::largest_frame_bytes(request.bitrate_kbps, hz)));
}

// Clients show what they asked for, whatever the stream says of itself. The screen's primaries and
// transfer are told as they are: nothing but the matrix is converted.
encode::ColourDescription colour_of(const StreamRequest& request) {
  encode::ColourDescription colour{.full_range = request.full_range};
  if (request.matrix == StreamRequest::Matrix::rec601) colour.matrix = 6;
  if (request.matrix == StreamRequest::Matrix::rec2020) colour.matrix = 9;
  return colour;
}

pipeline::VideoWork video_work(const StreamRequest& request, const StreamOffer& offer,
                               display::DisplayRequest display) {
  display.mode = request.mode;
  display.run_as = offer.run_as;
  return {.display = std::move(display),
          .capture = offer.capture,
          .encode = {.size_px = request.mode.size_px,
                     .refresh = request.mode.refresh,
                     .bitrate_kbps = request.bitrate_kbps,
                     .slices = request.slices_per_frame,
                     .colour = colour_of(request),
                     .max_reference_pictures = request.max_reference_frames},
          .repeat_still = kRepeatStill};
}

// Clients set aside 96 kbit/s for each channel of the normal quality, parity included, and from
// what is left ask for at least this much video; who asks for less has less room for sound, too.
constexpr std::uint32_t kRoomForSurround_kbps = 1'440;

// Opus streams: high quality couples nothing but stereo. Rates are not told to the client. They are
// those of the reference host (docs/protocol/gamestream.md section 10.2) but for 5.1: at its
// 256 kbit/s a tone on the centre is 760 times as strong as what lies beside it, where 1000 are
// asked, at 384 it is 98 000 times; with its parity of half as much that is what clients set aside.
struct SoundShape {
  audio::SpeakerLayout layout;
  std::uint32_t bitrate_kbps;
};
SoundShape shape_of(const StreamRequest& request) {
  const bool high = request.high_quality_sound;
  if (request.channel_count == 2) return {audio::kStereo, high ? 512u : 96u};
  const bool seven = request.channel_count == 8;
  const std::uint32_t five_kbps = request.bitrate_kbps < kRoomForSurround_kbps ? 256 : 384;
  SoundShape shape{seven ? audio::kSurround71 : audio::kSurround51, seven ? 450 : five_kbps};
  if (!high) return shape;
  shape.layout.stream_count = request.channel_count;
  shape.layout.coupled_count = 0;
  shape.bitrate_kbps = seven ? 2048 : 1536;
  return shape;
}

// Clients know high surround in packets of 5 ms alone; longer ones would not fit a datagram.
std::uint32_t packet_ms(const StreamRequest& request) {
  const bool high_surround = request.high_quality_sound && request.channel_count > 2;
  return high_surround ? 5 : request.audio_packet_ms;
}

void plan_sound(const Launch& launch, const StreamRequest& request, const StreamOffer& offer,
                StreamPlan& plan) {
  const SoundShape shape = shape_of(request);
  const std::uint32_t duration_ms = packet_ms(request);
  const std::size_t opus_bytes = std::size_t{shape.bitrate_kbps} * duration_ms / 8;
  plan.audio = pipeline::AudioWork{
      .source = {.layout = shape.layout,
                 .plays_on_host = offer.plays_on_host || launch.play_on_host_too},
      .bitrate_kbps = shape.bitrate_kbps,
      .constant_frame_bytes = opus_bytes,
      .frame_period = milliseconds(duration_ms)};
  plan.audio_outlet = {.packet_duration_ms = duration_ms, .opus_bytes = opus_bytes};
  if (request.audio_encrypted)
    plan.audio_outlet.encryption.emplace(
        AudioPacketParams::Encryption{.key = launch.key, .key_id = launch.key_id});
}

}  // namespace

Result<StreamPlan> plan_stream(const Launch& launch, const StreamRequest& request,
                               const StreamOffer& offer, display::DisplayRequest display) {
  PF_TRY_VOID(check(request));
  StreamPlan plan{.mode = request.mode,
                  .bitrate_kbps = request.bitrate_kbps,
                  .video = video_work(request, offer, std::move(display)),
                  .video_outlet = {.packets = {.packet_size = request.packet_size,
                                               .fec_percent = offer.fec_percent,
                                               .min_parity = request.min_parity},
                                   .max_frame_bytes = largest_frame(request)}};
  if (request.video_encrypted) plan.video_outlet.packets.key = launch.key;
  if (offer.marks_traffic && request.mark_traffic && net::in_private_network(launch.client)) {
    plan.video_outlet.dscp = net::dscp_of(net::Traffic::picture);
    plan.audio_dscp = net::dscp_of(net::Traffic::sound);
  }
  if (offer.sends_sound) plan_sound(launch, request, offer, plan);
  return plan;
}

}  // namespace pf::gamestream
