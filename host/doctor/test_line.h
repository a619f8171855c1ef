// The line stage by stage, each by itself and without a network: a display with the coded picture
// in it, its capture, an encoder, a decoder. So whichever is broken is named, and the next is not
// blamed. One thread; the stages in their order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/display_mode.h"
#include "core/runtime/doorbell.h"
#include "host/convert/yuv_picture.h"
#include "host/doctor/finding.h"
#include "host/doctor/patient.h"
#include "pattern/reader.h"

namespace pf::doctor {

// Large enough for the coded picture and its colours, small enough for any machine.
inline constexpr DisplayMode kTestMode{{960, 540}, {30, 1}};

// The user's settings with the coded picture instead of his program.
Result<config::HostConfig> test_config(Patient& patient);

class TestLine {
 public:
  explicit TestLine(Patient& patient);
  ~TestLine();

  // Each with a sentence on what it did.
  Result<std::string> open_display();
  Result<std::string> capture();
  Result<std::string> encode();
  Result<std::string> decode();

  // What the stages before have left for the next.
  bool has_display() const noexcept { return display_ != nullptr; }
  bool has_source() const noexcept { return source_ != nullptr; }
  bool has_pictures() const noexcept { return !pictures_.empty(); }

 private:
  // One that was captured and encoded.
  struct Picture {
    pattern::Stamp stamp;
    std::vector<std::uint8_t> luma;
    std::vector<std::byte> access_unit;
  };

  Result<std::optional<capture::RawFrame>> next(Nanos patience);
  Result<pattern::Reading> wait_for_code();
  Result<void> encode_one(encode::Encoder& encoder, bool first);

  Patient& patient_;
  Doorbell bell_;
  std::unique_ptr<restore::UndoJournal> journal_;  // outlives the backends
  pipeline::Backends backends_;
  std::uint32_t bitrate_kbps_ = 0;
  std::unique_ptr<display::VirtualDisplay> display_;
  std::unique_ptr<capture::VideoSource> source_;  // goes before its display
  std::optional<convert::YuvPicture> yuv_;
  std::vector<Picture> pictures_;
};

// Of a 4:2:0 picture's luma: the mean difference, in 8-bit code values.
double mean_difference(const std::vector<std::uint8_t>& luma, SizePx size_px,
                       const std::uint8_t* other, std::uint32_t other_stride_bytes) noexcept;

}  // namespace pf::doctor
