#include "host/blackbox/clip_cut.h"

#include <algorithm>
#include <numeric>

#include "core/video/annexb.h"
#include "host/blackbox/matroska.h"

namespace pf::blackbox {
namespace {

bool same_stream(const encode::StreamParameters& a, const encode::StreamParameters& b) noexcept {
  return a.codec == b.codec && a.size_px == b.size_px && a.colour.primaries == b.colour.primaries &&
         a.colour.transfer == b.colour.transfer && a.colour.matrix == b.colour.matrix &&
         a.colour.full_range == b.colour.full_range;
}

std::uint64_t bytes_of(std::span<const Unit> units) noexcept {
  return std::accumulate(
      units.begin(), units.end(), std::uint64_t{0},
      [](std::uint64_t sum, const Unit& unit) { return sum + unit.bytes.size(); });
}

std::span<const Unit> sound_between(const std::vector<Unit>& sound, LocalTime from,
                                    std::optional<LocalTime> to) {
  const auto at = [&](LocalTime time) {
    return std::lower_bound(sound.begin(), sound.end(), time,
                            [](const Unit& unit, LocalTime t) { return unit.captured_at < t; });
  };
  const auto first = at(from);
  const auto last = to ? at(*to) : sound.end();
  return {first, std::max(first, last)};
}

}  // namespace

std::uint64_t ClipCut::payload_bytes() const noexcept {
  return bytes_of(pictures) + bytes_of(sound);
}

std::vector<ClipCut> cut(const Snapshot& snapshot) {
  std::vector<ClipCut> cuts;
  const std::span<const Unit> all = snapshot.pictures;
  for (std::size_t begin = 0; begin < all.size();) {
    const encode::StreamParameters& parameters = snapshot.epochs[all[begin].epoch];
    std::size_t end = begin + 1;
    while (end < all.size() && same_stream(parameters, snapshot.epochs[all[end].epoch])) ++end;
    std::optional<LocalTime> until;
    if (end < all.size()) until = all[end].captured_at;
    cuts.push_back({.pictures = all.subspan(begin, end - begin),
                    .sound = sound_between(snapshot.sound, all[begin].captured_at, until),
                    .parameters = parameters});
    begin = end;
  }
  return cuts;
}

std::uint64_t most_bytes_of(const ClipCut& cut) noexcept {
  return cut.payload_bytes() +
         MatroskaWriter::overhead_bytes(cut.pictures.size() + cut.sound.size());
}

Result<void> write_clip(const ClipCut& cut, const ClipTitle& title, ClipFile& file) {
  const LocalTime began = cut.began_at();
  const std::vector<std::byte> sets =
      video::parameter_sets_of_key_frame(cut.pictures.front().bytes);
  PF_TRY(auto writer,
         MatroskaWriter::open(file, {.size_px = cut.parameters.size_px,
                                     .parameter_sets = sets,
                                     .sound = cut.sound.empty() ? SoundFormat{} : title.sound,
                                     .began_at = WireTime(began.since_epoch() + title.wire_offset),
                                     .title = title.title}));
  auto sound = cut.sound.begin();
  const auto sound_until = [&](LocalTime time) {
    for (; sound != cut.sound.end() && sound->captured_at < time; ++sound)
      writer.add_sound(sound->captured_at - began, sound->bytes);
  };
  for (const Unit& picture : cut.pictures) {
    sound_until(picture.captured_at);
    writer.add_picture(picture.captured_at - began, picture.bytes, picture.key);
  }
  if (!cut.sound.empty()) sound_until(cut.sound.back().captured_at + Nanos(1));
  writer.finish();
  return {};
}

}  // namespace pf::blackbox
