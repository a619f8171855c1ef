// Collects the NAL units of one picture and hands them on as parts: what precedes a slice
// (parameter sets) travels with it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "host/encode/encoder.h"
#include "host/encode/software_input.h"

namespace pf::encode {

// One thread.
class PartWriter {
 public:
  // `sink` is borrowed until finish(). A picture that answers a loss is a recovery anchor unless it
  // turns out an IDR.
  void begin(FrameId id, bool answers_loss, const PictureStamps& stamps, PartSink& sink) noexcept;

  // Room for `most_bytes` of the next NAL unit, start code included; then say how many of them it
  // took.
  std::byte* room(std::size_t most_bytes);
  void took(std::size_t bytes) noexcept { pending_bytes_ += bytes; }

  // Sends what was collected since the last part.
  void send(bool idr, bool last) noexcept;

  FrameId id() const noexcept { return part_.id; }

  // True when exactly one `last` part was sent since begin().
  bool finish() noexcept;

 private:
  std::vector<std::byte> pending_;  // grows to the largest part and stays
  std::size_t pending_bytes_ = 0;
  AccessUnitPart part_;
  bool answers_loss_ = false;
  PartSink* sink_ = nullptr;
  int last_count_ = 0;
};

}  // namespace pf::encode
