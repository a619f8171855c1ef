#include "host/library/art_cache.h"

#include <algorithm>

namespace pf::library {

std::shared_ptr<const Picture> ArtCache::find(const ArtKey& key) {
  const auto at =
      std::find_if(kept_.begin(), kept_.end(), [&](const Kept& one) { return one.first == key; });
  if (at == kept_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, at);
  return at->second;
}

void ArtCache::put(const ArtKey& key, std::shared_ptr<const Picture> picture) {
  bytes_ += picture->bytes.size();
  kept_.emplace_front(key, std::move(picture));
  while (bytes_ > kMaxBytes) {
    bytes_ -= kept_.back().second->bytes.size();
    kept_.pop_back();
  }
}

}  // namespace pf::library
