#include "core/video/annexb.h"

#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace pf::video {
namespace {

RC_GTEST_PROP(NalReader, FindsTheUnitsThatWerePutTogether, ()) {
  std::vector<std::vector<std::byte>> units;
  std::vector<std::byte> stream;
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    // Payload without zeros cannot look like a start code.
    std::vector<std::byte> unit;
    for (int k = *rc::gen::inRange(1, 20); k > 0; --k) {
      unit.push_back(std::byte(*rc::gen::inRange(1, 256)));
    }
    if (*rc::gen::arbitrary<bool>()) stream.push_back(std::byte{0});
    stream.insert(stream.end(), {std::byte{0}, std::byte{0}, std::byte{1}});
    stream.insert(stream.end(), unit.begin(), unit.end());
    units.push_back(std::move(unit));
  }
  NalReader reader(stream);
  for (const auto& unit : units) {
    const auto found = reader.next();
    RC_ASSERT(found.has_value());
    RC_ASSERT(std::equal(found->bytes.begin(), found->bytes.end(), unit.begin(), unit.end()));
  }
  RC_ASSERT(!reader.next().has_value());
}

}  // namespace
}  // namespace pf::video
