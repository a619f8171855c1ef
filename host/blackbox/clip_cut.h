// From what a black box held to what becomes one file.
//
// A file has one codec, size and colour from end to end: what most players take for granted. So a
// change of the mode ends one clip and begins the next. An encoder that was only opened anew, in
// the same mode, goes on in the same file: its parameter sets come again with its first key frame.
// Pure.
#pragma once

#include <span>
#include <vector>

#include "host/blackbox/unit_archive.h"

namespace pf::blackbox {

// Borrows from the snapshot it was cut from.
struct ClipCut {
  std::span<const Unit> pictures;  // the first is a key frame
  std::span<const Unit> sound;     // of the same span, and until the next cut begins
  encode::StreamParameters parameters;

  LocalTime began_at() const noexcept { return pictures.front().captured_at; }
  LocalTime ended_at() const noexcept { return pictures.back().captured_at; }
  std::uint64_t payload_bytes() const noexcept;
};

// The oldest first.
std::vector<ClipCut> cut(const Snapshot& snapshot);

class ClipFile;
struct ClipTitle {
  SoundFormat sound;  // of the session; a cut without any makes a file without
  Nanos wire_offset{0};
  std::string title;
};
// Everything but finishing the file. `malformed`: its first picture does not say how it is decoded.
Result<void> write_clip(const ClipCut& cut, const ClipTitle& title, ClipFile& file);
// How large it may get.
std::uint64_t most_bytes_of(const ClipCut& cut) noexcept;

}  // namespace pf::blackbox
