#include "host/blackbox/unit_archive.h"

#include <algorithm>

namespace pf::blackbox {

void UnitArchive::begin_epoch(const encode::StreamParameters& parameters) {
  if (epochs_.size() == kMaxEpochs) {
    clear();
    epochs_.clear();
  }
  epochs_.push_back(parameters);
  waits_for_key_ = true;  // which every encoder begins with
}

void UnitArchive::add_picture(const UnitFacts& facts, Bytes first, Bytes second) {
  if (facts.key) waits_for_key_ = false;
  if (facts.after_gap && !facts.key) waits_for_key_ = true;
  if (waits_for_key_ || epochs_.empty()) {
    ++left_out_;
    return;
  }
  if (facts.key) groups_.emplace_back();
  Slab* const slab = slab_for(groups_.back(), facts.bytes);
  if (slab == nullptr) {  // it alone is too much, or it and what came since its key frame
    clear();
    ++left_out_;
    return;
  }
  Group& group = groups_.back();
  group.units.push_back({.captured_at = facts.captured_at,
                         .id = facts.id,
                         .bytes = slab->add(first, second),
                         .key = facts.key,
                         .epoch = static_cast<std::uint32_t>(epochs_.size() - 1)});
  group.payload_bytes += facts.bytes;
  payload_bytes_ += facts.bytes;
  ++picture_count_;
  drop_what_is_not_wanted();
}

// The group after the first may cover all that is wanted.
void UnitArchive::drop_what_is_not_wanted() {
  if (groups_.empty()) return;
  const LocalTime wanted = groups_.back().units.back().captured_at - limits_.span;
  while (groups_.size() > 1 && groups_[1].units.front().captured_at <= wanted) drop_front();
}

void UnitArchive::set_limits(const Limits& limits) {
  limits_ = limits;
  drop_what_is_not_wanted();
  if (!make_room(0)) clear();
}

void UnitArchive::add_sound(const UnitFacts& facts, Bytes first, Bytes second) {
  if (sound_.empty() || !sound_.back().slab->has_room(facts.bytes)) {
    const std::size_t bytes = std::max<std::size_t>(kSoundSlabBytes, facts.bytes);
    drop_old_sound();
    if (!make_room(bytes)) return;
    auto slab = std::make_shared<Slab>(bytes);
    if (slab->bytes() == 0) return;
    sound_.push_back({.slab = std::move(slab), .units = {}});
    sound_memory_bytes_ += bytes;
  }
  SoundSlab& last = sound_.back();
  last.units.push_back(
      {.captured_at = facts.captured_at, .bytes = last.slab->add(first, second), .key = true});
}

Slab* UnitArchive::slab_for(Group& group, std::size_t bytes) {
  if (!group.slabs.empty() && group.slabs.back()->has_room(bytes)) return group.slabs.back().get();
  const std::size_t slab_bytes = std::max(kPictureSlabBytes, bytes);
  // The last group is the one that is being added to, and stays.
  if (!make_room(slab_bytes)) return nullptr;
  auto slab = std::make_shared<Slab>(slab_bytes);
  if (slab->bytes() == 0) return nullptr;
  picture_memory_bytes_ += slab_bytes;
  group.memory_bytes += slab_bytes;
  group.slabs.push_back(std::move(slab));
  return group.slabs.back().get();
}

// The oldest goes until there is room; false: what has to stay is too much itself.
bool UnitArchive::make_room(std::size_t bytes) {
  while (memory_bytes() + bytes > limits_.bytes) {
    if (groups_.size() <= 1) return false;
    drop_front();
  }
  return true;
}

void UnitArchive::drop_front() {
  const Group& front = groups_.front();
  picture_memory_bytes_ -= front.memory_bytes;
  payload_bytes_ -= front.payload_bytes;
  picture_count_ -= front.units.size();
  groups_.pop_front();
  drop_old_sound();
}

// The newest slab is being added to, and stays.
void UnitArchive::drop_old_sound() {
  while (sound_.size() > 1 &&
         (groups_.empty() || groups_.front().units.empty() ||
          sound_.front().units.back().captured_at < groups_.front().units.front().captured_at)) {
    sound_memory_bytes_ -= sound_.front().slab->bytes();
    sound_.pop_front();
  }
}

void UnitArchive::clear() {
  groups_.clear();
  sound_.clear();
  picture_memory_bytes_ = sound_memory_bytes_ = 0;
  picture_count_ = 0;
  payload_bytes_ = 0;
  waits_for_key_ = true;
}

Nanos UnitArchive::span() const noexcept {
  if (groups_.empty()) return Nanos(0);
  return groups_.back().units.back().captured_at - groups_.front().units.front().captured_at;
}

Snapshot UnitArchive::snapshot() const {
  Snapshot copy;
  if (groups_.empty()) return copy;
  copy.epochs = epochs_;
  copy.pictures.reserve(picture_count_);
  for (const Group& group : groups_) {
    copy.pictures.insert(copy.pictures.end(), group.units.begin(), group.units.end());
    copy.slabs.insert(copy.slabs.end(), group.slabs.begin(), group.slabs.end());
  }
  const LocalTime began = copy.pictures.front().captured_at;
  for (const SoundSlab& slab : sound_) {
    copy.slabs.push_back(slab.slab);
    std::copy_if(slab.units.begin(), slab.units.end(), std::back_inserter(copy.sound),
                 [&](const Unit& unit) { return unit.captured_at >= began; });
  }
  return copy;
}

}  // namespace pf::blackbox
