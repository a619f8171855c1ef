#include "client/probe/test_frame.h"

#include "core/base/bytes.h"

namespace pf::probe {

std::optional<std::uint32_t> read_test_frame(Bytes access_unit) noexcept {
  ByteReader in(access_unit);
  const auto number = in.little<std::uint32_t>();
  if (access_unit.size() < sizeof number) return std::nullopt;
  for (std::size_t i = sizeof number; i < access_unit.size(); ++i) {
    if (access_unit[i] != static_cast<std::byte>(number + i)) return std::nullopt;
  }
  return number;
}

}  // namespace pf::probe
