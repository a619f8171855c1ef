#include "core/abi/caller_link.h"

#include <algorithm>

namespace pf::abi {
namespace {

// Foreign code is called: what it throws counts as a broken transport.
template <class Call>
std::int32_t answer(Call&& call) noexcept {
  try {
    return call();
  } catch (...) {
    return -1;
  }
}

}  // namespace

endpoint::LinkSend CallerLink::send(PacketRun run) noexcept {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(run.base);
  const std::int32_t taken =
      answer([&] { return transport_.send(bytes, run.count, run.stride, transport_.user); });
  const auto count = static_cast<std::uint32_t>(std::max(taken, 0));
  return {.refused_packets = run.count - std::min(count, run.count), .broken = taken < 0};
}

std::optional<std::size_t> CallerLink::receive(std::span<MutableBytes> into) noexcept {
  const std::size_t most = std::min(into.size(), slots_.size());
  for (std::size_t count = 0; count < most; ++count) {
    auto& slot = slots_[count];
    const std::int32_t bytes = answer([&] {
      return transport_.receive(reinterpret_cast<std::uint8_t*>(slot.data()),
                                static_cast<std::uint32_t>(slot.size()), transport_.user);
    });
    if (bytes == 0) return count;
    if (bytes < 0 || static_cast<std::size_t>(bytes) > slot.size()) {
      // What came before is still good; the transport says again that it is broken.
      return count > 0 ? std::optional(count) : std::nullopt;
    }
    into[count] = {slot.data(), static_cast<std::size_t>(bytes)};
  }
  return most;
}

}  // namespace pf::abi
