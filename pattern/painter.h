// Draws the coded picture: the stamp in two bands, rings that spread, the name of the project, a
// readout and a colour card.
//
// Most of it never changes. A buffer is prepared once and from then on only its moving parts are
// drawn, each of them whole, so that any prepared buffer of the size will do, whatever frame it
// showed before. 0.5 ms per frame at 720p (pattern_bench.cpp).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <variant>

#include "pattern/brush.h"
#include "pattern/layout.h"
#include "pattern/snow.h"
#include "pattern/stamp.h"
#include "pattern/waves.h"

namespace pf::pattern {

// One thread.
class Painter {
 public:
  static constexpr std::size_t kMostDamage = 4;  // rectangles

  enum class Scene : std::uint8_t {
    rings,  // easily coded
    snow,   // where the rings were: every picture costs all the bits it may have
  };
  explicit Painter(SizePx size, Scene scene = Scene::rings);  // must fit

  // Once per buffer: everything that stays. `canvas` has the painter's size.
  void prepare(const Canvas& canvas) const noexcept;
  // The frame that says `stamp`, into a prepared buffer.
  void draw(const Stamp& stamp, const Canvas& canvas) noexcept;
  // What draw() changes, the same for every frame.
  std::span<const RectPx> damage() const noexcept { return {damage_.data(), damage_count_}; }

  const Layout& layout() const noexcept { return layout_; }

 private:
  void draw_bands(const Stamp& stamp, const Canvas& canvas) const noexcept;
  void draw_name(Nanos at, const Canvas& canvas) const noexcept;
  void draw_readout(const Stamp& stamp, const Canvas& canvas) const noexcept;
  void draw_dial(std::uint32_t frame_number, const RectPx& area,
                 const Canvas& canvas) const noexcept;

  Layout layout_;
  std::variant<Waves, Snow> scene_;
  std::uint32_t name_pitch_px_;
  std::uint32_t text_pitch_px_;
  std::uint32_t label_pitch_px_;
  Dot name_dot_, text_dot_, label_dot_, dial_dot_;
  std::optional<Nanos> first_drawn_at_;  // zero of the elapsed time
  std::array<RectPx, kMostDamage> damage_;
  std::size_t damage_count_ = 0;
};

}  // namespace pf::pattern
