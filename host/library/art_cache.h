// Pictures that were asked for, until others need the room: a console that scrolls asks for the
// same ones again. One thread.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <utility>

#include "host/library/helper_words.h"

namespace pf::library {

struct ArtKey {
  std::string path, tag;
  bool as_png = false;
  bool operator==(const ArtKey&) const = default;
};

class ArtCache {
 public:
  // A screen full of posters; little beside what a host needs for one session.
  static constexpr std::size_t kMaxBytes = 8 << 20;

  std::shared_ptr<const Picture> find(const ArtKey& key);  // nullptr: not kept
  void put(const ArtKey& key, std::shared_ptr<const Picture> picture);

 private:
  using Kept = std::pair<ArtKey, std::shared_ptr<const Picture>>;
  std::list<Kept> kept_;  // the newest first; a few dozen
  std::size_t bytes_ = 0;
};

}  // namespace pf::library
