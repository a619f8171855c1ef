// A video encoder: pictures in, access units out, one for each picture, in order, without delay: no
// B-frames, no lookahead, infinite GOP, parameter sets in-band before every IDR.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/base/frame_id.h"
#include "core/base/result.h"
#include "core/base/time.h"
#include "host/capture/raw_frame.h"

namespace pf::encode {

enum class Codec : std::uint8_t { h264, hevc, av1 };

// H.273 code points, as tagged in the bit stream.
struct ColourDescription {
  std::uint8_t primaries = 1;  // 1 BT.709
  std::uint8_t transfer = 1;
  std::uint8_t matrix = 1;
  bool full_range = false;
};

struct EncodeRequest {
  Codec codec = Codec::h264;
  SizePx size_px;
  RefreshRate refresh;
  std::uint32_t bitrate_kbps = 20'000;
  std::uint32_t slices = 1;  // per picture; parts leave the encoder slice by slice
  ColourDescription colour;  // of the stream: the matrices of BT.601, BT.709 and BT.2020
  // That a decoder has to keep at most; 0: as many as is good for healing losses.
  std::uint32_t max_reference_pictures = 0;
};

struct StreamParameters {
  Codec codec = Codec::h264;
  SizePx size_px;  // as decoded: even, since 4:2:0 cannot be odd; the last row or column is then
                   // padding
  RefreshRate refresh;
  ColourDescription colour;
  std::uint32_t bitrate_kbps = 0;
  std::uint32_t max_bitrate_kbps = 0;  // that the encoder can be asked for
  // Pictures that were lost are answered by one that refers to none of them, instead of an IDR.
  bool drops_references = false;
};

// Both included. Whatever refers to them, directly or not, is lost as well.
struct LostFrames {
  FrameId first{};
  FrameId last{};
};

// All that a picture wants of the encoder. `id` grows from picture to picture.
struct FrameDirective {
  FrameId id{};
  bool idr = false;
  // Only for encoders that drop references: refer to none of these, and to nothing made since. When
  // nothing older is left the picture is an IDR.
  std::optional<LostFrames> lost;
  std::uint32_t bitrate_kbps = 0;  // from this picture on, without a key frame
  // The picture before was good enough: no bits for a better one, where the encoder can do without.
  bool as_before = false;
};

// One or more whole NAL units (Annex B) of the picture that is being encoded; borrowed for the
// call.
struct AccessUnitPart {
  FrameId id{};
  std::span<const std::byte> bytes;
  bool first = false;
  bool last = false;
  bool idr = false;
  bool recovery_anchor = false;  // refers to nothing that FrameDirective::lost spoke of
  LocalTime captured_at;
  LocalTime delivered_at;
  LocalTime submitted_at;  // converted, about to enter the codec
};

class PartSink {
 public:
  virtual ~PartSink() = default;
  virtual void on_part(const AccessUnitPart& part) noexcept = 0;
};

struct EncodeCost {  // CPU time of the calling thread for the last picture
  Nanos convert{0};
  Nanos encode{0};
};

// Used from one thread. After an error the encoder is closed and opened anew.
class Encoder {
 public:
  virtual ~Encoder() = default;
  virtual const StreamParameters& parameters() const noexcept = 0;
  // Encodes `frame` and gives its access unit to `sink`, part by part as slices get ready, before
  // it returns. Gives the frame's buffer back as soon as its pixels are converted. The last part
  // says `last`. The frame's damage is believed: whoever drops a frame of the source empties that
  // of the next.
  virtual Result<void> encode(capture::RawFrame frame, const FrameDirective& directive,
                              PartSink& sink) = 0;
  // The same picture once more, captured "now": a refresh of a still screen. Needs one picture
  // before it.
  virtual Result<void> encode_again(const FrameDirective& directive, PartSink& sink) = 0;
  virtual EncodeCost last_cost() const noexcept = 0;
};

struct EncoderCaps {
  Codec codec = Codec::h264;
  SizePx largest_px;
  std::string description;  // "x264 core 164, ultrafast"
};

struct EncoderBackend {
  const char* name;
  std::function<Result<EncoderCaps>()> probe;  // opens nothing lasting; `unavailable` says why
  std::function<Result<std::unique_ptr<Encoder>>(const EncodeRequest&, const Clock&)> open;
};

}  // namespace pf::encode
