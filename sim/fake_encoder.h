// An encoder without pictures: it makes access units of the size that a bit rate gives, each of
// which refers to the one before it, as an encoder without B-frames and with an infinite GOP does.
//
// Sizes behave as those of a real one with a small rate buffer: scenes are simpler or richer for a
// while, each picture differs from its neighbours, a key frame is some times an ordinary one, and
// what was spent above the rate is saved within the next half second or so.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/frame_id.h"
#include "core/base/rng.h"
#include "core/base/time.h"
#include "sim/access_unit.h"

namespace pf::sim {

// A repeat shows what the picture before showed: whoever has that one can do without.
enum class Content : std::uint8_t { fresh, repeated };

class FakeEncoder {
 public:
  // A key frame is so many times an ordinary one.
  static constexpr std::uint32_t kKeyFrameFactor = 3;
  // Of one that says no more than that nothing has changed.
  static constexpr std::uint32_t kRepeatBytes = 600;

  FakeEncoder(std::uint64_t seed, double refresh_hz)
      : seed_(seed), refresh_hz_(refresh_hz), rng_(seed) {}

  // The first picture is a key frame whatever `idr` says. Borrowed until the next call.
  Bytes encode(FrameId id, bool idr, Content content, std::uint32_t bitrate_kbps);

  // How long the next picture takes.
  Nanos draw_duration();

  // No access unit at this rate is larger.
  static std::uint32_t largest_bytes(std::uint32_t bitrate_kbps, double refresh_hz);

 private:
  std::uint32_t draw_size(bool key, std::uint32_t mean_bytes);

  std::uint64_t seed_;
  double refresh_hz_;
  SeededRng rng_;
  std::optional<FrameId> reference_;
  double richness_ = 1;    // of the scene
  double debt_bytes_ = 0;  // spent above the rate
  std::vector<std::byte> access_unit_;
};

}  // namespace pf::sim
