// A piece of memory that units are laid into one behind the other, until it is full.
//
// What was laid into it never moves or changes, so a reader who knows how many units there were
// when it looked may read those while more are being added.
#pragma once

#include <memory>
#include <optional>

#include "host/blackbox/reserved_memory.h"
#include "host/blackbox/unit.h"

namespace pf::blackbox {

struct Unit {
  LocalTime captured_at;
  FrameId id{};
  Bytes bytes;  // within a slab
  bool key = false;
  std::uint32_t epoch = 0;  // which of the archive's StreamParameters it was made with
};

class Slab {
 public:
  explicit Slab(std::size_t bytes) noexcept : memory_(bytes) {}

  bool has_room(std::size_t bytes) const noexcept {
    return bytes <= memory_.bytes().size() - used_bytes_;
  }
  // Where the two pieces lie from now on, one behind the other. There must be room.
  Bytes add(Bytes first, Bytes second) noexcept {
    const MutableBytes room = memory_.bytes().subspan(used_bytes_, first.size() + second.size());
    if (!first.empty()) std::memcpy(room.data(), first.data(), first.size());
    if (!second.empty()) std::memcpy(room.data() + first.size(), second.data(), second.size());
    used_bytes_ += room.size();
    return room;
  }
  std::size_t bytes() const noexcept { return memory_.bytes().size(); }

 private:
  const ReservedMemory memory_;
  std::size_t used_bytes_ = 0;
};

}  // namespace pf::blackbox
