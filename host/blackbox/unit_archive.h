// The last minute of a session's units, beginning at a random-access point.
//
//   pictures  | key · · · · | key · · · · · | key · ·      a group each, in slabs of its own
//   sound       · · · · · · · · · · · · · · · · · · ·      in slabs of its own, cut by the pictures
//
// Pictures come and go by groups: a group is what begins with a key frame and reaches to the next,
// and it goes when the one after it covers the wanted time, or when memory is short. So what is
// kept always begins with a key frame, and covers a little more than was asked for rather than
// less. A group that lost a unit on its way here is cut off there: nothing behind the hole could be
// decoded. One thread at a time.
#pragma once

#include <deque>
#include <memory>
#include <vector>

#include "host/blackbox/slab.h"
#include "host/blackbox/unit.h"

namespace pf::blackbox {

// A copy of what an archive held, whose memory is there until it is destroyed. Any thread.
struct Snapshot {
  std::vector<Unit> pictures;  // in the order of decoding; the first is a key frame
  std::vector<Unit> sound;     // in the order of time
  std::vector<encode::StreamParameters> epochs;  // Unit::epoch is its index
  std::vector<std::shared_ptr<const Slab>> slabs;
};

class UnitArchive {
 public:
  struct Limits {
    Nanos span{0};          // that is kept at least, while there is memory for it
    std::size_t bytes = 0;  // of memory, at most
  };

  // Of a slab of pictures: a hundredth of what there may be, so that little of it stays unused
  // where a group ends.
  static constexpr std::size_t kPictureSlabBytes = 1 << 20;
  static constexpr std::size_t kSoundSlabBytes = 256 << 10;
  // Parameters that pictures may still refer to; an encoder that is opened more often within a
  // minute makes nothing worth keeping.
  static constexpr std::size_t kMaxEpochs = 256;

  explicit UnitArchive(const Limits& limits) noexcept : limits_(limits) {}

  // What is too much goes at once.
  void set_limits(const Limits& limits);

  void begin_epoch(const encode::StreamParameters& parameters);
  // The payload in two pieces, borrowed.
  void add_picture(const UnitFacts& facts, Bytes first, Bytes second);
  void add_sound(const UnitFacts& facts, Bytes first, Bytes second);
  // Everything goes; the next unit that is kept is a key frame.
  void clear();

  bool empty() const noexcept { return groups_.empty(); }
  // Nothing more is kept until a key frame comes.
  bool waits_for_key() const noexcept { return waits_for_key_; }
  std::size_t memory_bytes() const noexcept { return picture_memory_bytes_ + sound_memory_bytes_; }
  std::size_t picture_count() const noexcept { return picture_count_; }
  std::uint64_t payload_bytes() const noexcept { return payload_bytes_; }
  Nanos span() const noexcept;
  std::uint64_t left_out() const noexcept { return left_out_; }  // pictures, ever

  Snapshot snapshot() const;

 private:
  struct Group {
    std::vector<Unit> units;
    std::vector<std::shared_ptr<Slab>> slabs;
    std::size_t memory_bytes = 0;
    std::uint64_t payload_bytes = 0;
  };
  struct SoundSlab {
    std::shared_ptr<Slab> slab;
    std::vector<Unit> units;
  };

  void drop_what_is_not_wanted();
  bool make_room(std::size_t bytes);
  void drop_front();
  void drop_old_sound();
  Slab* slab_for(Group& group, std::size_t bytes);

  Limits limits_;
  std::deque<Group> groups_;
  std::deque<SoundSlab> sound_;
  std::vector<encode::StreamParameters> epochs_;
  std::size_t picture_memory_bytes_ = 0, sound_memory_bytes_ = 0;
  std::size_t picture_count_ = 0;
  std::uint64_t payload_bytes_ = 0;
  std::uint64_t left_out_ = 0;
  bool waits_for_key_ = true;
};

}  // namespace pf::blackbox
