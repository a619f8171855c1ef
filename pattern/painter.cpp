#include "pattern/painter.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/base/check.h"
#include "pattern/card.h"
#include "pattern/font.h"

namespace pf::pattern {
namespace {

constexpr std::string_view kName = "punktfunk";
constexpr Colour kGround = 0x0B0F22;
constexpr Colour kLabel = 0x7C86A8;
constexpr Colour kText = 0xF4F6FF;
constexpr Colour kDialRest = 0x232B4A;
constexpr Colour kDialLit = 0xFFD166;
constexpr std::uint32_t kDialDots = 60;
constexpr std::uint32_t kDialTail = 16;                       // dots that still glow
constexpr std::uint32_t kReadoutColumns = 9 * kGlyphAdvance;  // "mm:ss.hh" and a little air
constexpr std::uint32_t kReadoutRows = 3 * 14;                // three lines of label, value and air

// Side of the square for the dial: what is left beside the text, or nothing when that is little.
std::uint32_t dial_side(const RectPx& readout) noexcept {
  return std::min(readout.height, readout.width * 42 / 100);
}

std::uint32_t text_pitch(const RectPx& readout) noexcept {
  const std::uint32_t width = readout.width - dial_side(readout);
  return std::max(1u, std::min(width / kReadoutColumns, readout.height / kReadoutRows));
}

std::variant<Waves, Snow> scene_of(Painter::Scene scene, const RectPx& area) {
  if (scene == Painter::Scene::snow) return Snow(area);
  return Waves(area);
}

std::uint32_t name_pitch(const RectPx& waves) noexcept {
  return waves.width / (kName.size() * kGlyphAdvance + 5);
}

}  // namespace

Painter::Painter(SizePx size, Scene scene)
    : layout_(layout_of(size)),
      scene_(scene_of(scene, layout_.waves)),
      name_pitch_px_(name_pitch(layout_.waves)),
      text_pitch_px_(text_pitch(layout_.readout)),
      label_pitch_px_(std::max(1u, text_pitch_px_ * 6 / 10)),
      name_dot_(std::max(1.0, name_pitch_px_ * 0.92)),
      text_dot_(text_pitch_px_ * 1.05),
      label_dot_(label_pitch_px_ * 1.05),
      dial_dot_(std::max(1.0, dial_side(layout_.readout) * 0.038)) {
  for (const RectPx& moving :
       {layout_.bands[0], layout_.waves, layout_.readout, layout_.bands[1]}) {
    if (moving.width > 0) damage_[damage_count_++] = moving;
  }
}

void Painter::prepare(const Canvas& canvas) const noexcept {
  PF_CHECK(canvas.size_px == layout_.size_px);
  fill(canvas, {0, 0, canvas.size_px.width, canvas.size_px.height}, kGround);
  for (std::uint32_t i = 0; i < kPatchCount; ++i) {
    const Patch& patch = kPatches[i];
    fill(canvas, patch_of(layout_, i), Colour{patch.r} << 16 | Colour{patch.g} << 8 | patch.b);
  }
}

void Painter::draw(const Stamp& stamp, const Canvas& canvas) noexcept {
  PF_CHECK(canvas.size_px == layout_.size_px);
  if (!first_drawn_at_) first_drawn_at_ = stamp.drawn_at;
  if (const auto* const snow = std::get_if<Snow>(&scene_)) {
    snow->draw(stamp.frame_number, canvas);
  } else {
    std::get<Waves>(scene_).draw(stamp.drawn_at, canvas);
  }
  // In a strip the letters would be specks.
  if (name_pitch_px_ >= 3) draw_name(stamp.drawn_at, canvas);
  if (layout_.readout.width > 0) draw_readout(stamp, canvas);
  draw_bands(stamp, canvas);
}

void Painter::draw_bands(const Stamp& stamp, const Canvas& canvas) const noexcept {
  const StampBits bits = write_stamp(stamp);
  const std::uint32_t side = layout_.block_px;
  for (const RectPx& band : layout_.bands) {
    for (std::uint32_t i = 0; i < layout_.band_columns * layout_.band_rows; ++i) {
      const bool white = i < kBandBits && bits[i];
      fill(canvas,
           {band.x + i % layout_.band_columns * side, band.y + i / layout_.band_columns * side,
            side, side},
           white ? 0xFFFFFF : 0x000000);
    }
  }
}

// The name in dots, with a glimmer that runs through it.
void Painter::draw_name(Nanos at, const Canvas& canvas) const noexcept {
  const RectPx& area = layout_.waves;
  const std::uint32_t pitch = name_pitch_px_;
  const std::uint32_t columns = kName.size() * kGlyphAdvance - 1;
  const std::uint32_t left = area.x + (area.width - columns * pitch) / 2;
  const std::uint32_t top = area.y + area.height * 22 / 100;
  constexpr std::int64_t kGlimmerNs = 2'400'000'000;
  const double glimmer = static_cast<double>(at.count() % kGlimmerNs) / kGlimmerNs * 1.6 - 0.3;
  for (std::uint32_t column = 0; column < columns; ++column) {
    const double away = (static_cast<double>(column) / columns - glimmer) * 6;
    const Colour colour =
        mix(0xDDE3F8, 0xFFFFFF, static_cast<std::uint32_t>(256 * std::exp(-away * away)));
    const auto lift = std::lround(std::exp(-away * away) * pitch * 0.6);
    const Glyph& glyph = glyph_of(kName[column / kGlyphAdvance]);
    const std::uint32_t within = column % kGlyphAdvance;
    for (std::uint32_t row = 0; row < kGlyphRows && within < kGlyphColumns; ++row) {
      if ((glyph[row] >> (kGlyphColumns - 1 - within) & 1) == 0) continue;
      name_dot_.draw(canvas, left + column * pitch, std::int64_t{top} + row * pitch - lift, colour);
    }
  }
}

void Painter::draw_readout(const Stamp& stamp, const Canvas& canvas) const noexcept {
  const RectPx& area = layout_.readout;
  fill(canvas, area, kGround);
  const auto hundredths =
      std::max<std::int64_t>(0, (stamp.drawn_at - *first_drawn_at_).count()) / 10'000'000;
  // Two digits of minutes: the elapsed time starts over after 100 of them.
  const std::string values[] = {
      fmt::format("{}", stamp.frame_number),
      fmt::format("{:02}:{:02}.{:02}", hundredths / 6000 % 100, hundredths / 100 % 60,
                  hundredths % 100),
      fmt::format("{}x{}", layout_.size_px.width, layout_.size_px.height)};
  constexpr std::string_view kLabels[] = {"frame", "elapsed", "size"};
  std::uint32_t y = area.y;
  for (int line = 0; line < 3; ++line) {
    draw_text(canvas, area.x, y, label_pitch_px_, label_dot_, kLabel, kLabels[line]);
    draw_text(canvas, area.x, y + label_pitch_px_ * 9, text_pitch_px_, text_dot_, kText,
              values[line]);
    y += area.height / 3;
  }
  const std::uint32_t side = dial_side(area);
  draw_dial(stamp.frame_number,
            {area.x + area.width - side, area.y + (area.height - side) / 2, side, side}, canvas);
}

// Sixty dots, of which frame after frame lights the next: whoever looks sees the rate and each
// stutter.
void Painter::draw_dial(std::uint32_t frame_number, const RectPx& area,
                        const Canvas& canvas) const noexcept {
  const double radius = (area.width - dial_dot_.side_px()) / 2.0;
  const std::uint32_t lit = frame_number % kDialDots;
  for (std::uint32_t i = 0; i < kDialDots; ++i) {
    const double angle = i * 2 * 3.14159265358979 / kDialDots;
    const std::uint32_t age = (lit + kDialDots - i) % kDialDots;
    const std::uint32_t glow = age < kDialTail ? 256 * (kDialTail - age) / kDialTail : 0;
    dial_dot_.draw(canvas, std::lround(area.x + radius * (1 + std::sin(angle))),
                   std::lround(area.y + radius * (1 - std::cos(angle))),
                   mix(kDialRest, kDialLit, glow));
  }
}

}  // namespace pf::pattern
