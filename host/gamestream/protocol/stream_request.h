// What a client asks of a stream: the body of its ANNOUNCE, parsed and checked against what we
// offered (docs/protocol/gamestream.md section 7.6). It may be a stranger's: RTSP can be plain.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/display_mode.h"
#include "core/base/result.h"
#include "host/gamestream/protocol/offer.h"

namespace pf::gamestream {

struct StreamRequest {
  DisplayMode mode;
  VideoCodec codec = VideoCodec::h264;
  bool ten_bit = false;
  bool chroma_444 = false;
  enum class Matrix : std::uint8_t { rec601, rec709, rec2020 };
  Matrix matrix = Matrix::rec601;
  bool full_range = false;
  std::uint32_t bitrate_kbps = 0;  // of the encoder: parity and sound are off already
  std::uint16_t packet_size = 0;   // P
  std::uint32_t min_parity = 0;    // packets of every FEC block
  std::uint32_t slices_per_frame = 1;
  std::uint32_t max_reference_frames = 0;  // 0: our choice
  bool control_v2 = false;                 // else the legacy IV
  bool video_encrypted = false;
  bool audio_encrypted = false;
  bool mark_traffic = false;  // with DSCP
  bool sends_fec_status = false;
  bool pings_with_payload = false;  // and connects with our data; else it is known by its address
  std::uint8_t channel_count = 2;   // 2, 6 or 8
  bool high_quality_sound = false;
  std::uint32_t audio_packet_ms = 5;  // 5 or 10
};

// `malformed` names the attribute; `refused`: something we did not offer, or encryption that we
// demand is missing. `low_quality_stereo` is told by the Host header of the request.
Result<StreamRequest> parse_stream_request(std::string_view body, const Offer& offer,
                                           bool low_quality_stereo);

}  // namespace pf::gamestream
