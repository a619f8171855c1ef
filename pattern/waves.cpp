#include "pattern/waves.h"

#include <algorithm>
#include <cmath>

namespace pf::pattern {
namespace {

constexpr Colour kGround = 0x0B0F22;
constexpr Nanos kPeriod = milliseconds(1200);  // a ring takes the place of the next one

// From the dot outwards.
constexpr Colour kCrests[] = {0xFFD166, 0xFF6B6B, 0xC84BE0, 0x5B5BF0, 0x2E86DE, 0x1B4F8A};
constexpr std::size_t kSteps = std::size(kCrests) - 1;

Colour crest_at(double share) noexcept {
  const double at = std::clamp(share, 0.0, 0.999) * kSteps;
  const auto step = static_cast<std::size_t>(at);
  return mix(kCrests[step], kCrests[step + 1],
             static_cast<std::uint32_t>((at - static_cast<double>(step)) * 256));
}

// Height of the wave, 0…1, with crests narrower than troughs.
double height_at(double phase_turns) noexcept {
  const double swing = 0.5 + 0.5 * std::cos(phase_turns * 2 * 3.14159265358979);
  return swing * swing;
}

}  // namespace

Waves::Waves(const RectPx& area) : area_(area), map_(std::size_t{area.width} * area.height) {
  const double centre_x = area.width * 0.5, centre_y = area.height * 0.70;
  const double reach = std::hypot(centre_x, centre_y);
  const double wavelength = std::max(24.0, std::min(area.width, area.height) / 6.0);
  for (std::uint32_t y = 0; y < area.height; ++y) {
    for (std::uint32_t x = 0; x < area.width; ++x) {
      const double distance = std::hypot(x - centre_x, y - centre_y);
      // Outwards a larger phase lag.
      const auto phase = static_cast<std::uint32_t>(distance / wavelength * kPhases) % kPhases;
      const double shade = distance / reach * kShades;
      map_[std::size_t{y} * area.width + x] = static_cast<std::uint16_t>(
          static_cast<std::uint32_t>(std::clamp(shade, 0.0, kShades - 1.0)) * kPhases + phase);
    }
  }
  for (std::uint32_t shade = 0; shade < kShades; ++shade) {
    const double share = static_cast<double>(shade) / kShades;
    const double strength = 0.95 * std::pow(1.0 - share, 0.7);
    for (std::uint32_t phase = 0; phase < kPhases; ++phase) {
      const double height = height_at(static_cast<double>(phase) / kPhases) * strength;
      colours_.push_back(mix(kGround, crest_at(share), static_cast<std::uint32_t>(height * 256)));
    }
  }
}

void Waves::draw(Nanos at, const Canvas& canvas) const noexcept {
  const auto turned =
      static_cast<std::uint32_t>((at % kPeriod).count() * kPhases / kPeriod.count());
  const std::uint32_t lead = kPhases - turned % kPhases;
  const std::uint16_t* from = map_.data();
  const std::uint32_t* const colours = colours_.data();
  for (std::uint32_t y = area_.y; y < area_.y + area_.height; ++y) {
    auto* const row =
        reinterpret_cast<std::uint32_t*>(canvas.pixels + std::size_t{y} * canvas.stride_bytes) +
        area_.x;
    for (std::uint32_t x = 0; x < area_.width; ++x) {
      const std::uint32_t index = *from++;
      row[x] = colours[(index & ~(kPhases - 1)) | ((index + lead) & (kPhases - 1))];
    }
  }
}

}  // namespace pf::pattern
