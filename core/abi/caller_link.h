// The embedder's transport as a link.
#pragma once

#include <array>

#include "core/abi/include/punktfunk_core.h"
#include "core/endpoint/media_link.h"

namespace pf::abi {

class CallerLink final : public endpoint::MediaLink {
 public:
  explicit CallerLink(const PunktfunkTransport& transport) : transport_(transport) {}

  endpoint::LinkSend send(PacketRun run) noexcept override;
  std::optional<std::size_t> receive(std::span<MutableBytes> into) noexcept override;

 private:
  // Fewer than a session asks for at once, so that their memory stays near the core.
  static constexpr std::size_t kDatagramsAtOnce = 16;

  const PunktfunkTransport transport_;
  std::array<std::array<std::byte, PUNKTFUNK_MAX_DATAGRAM_BYTES>, kDatagramsAtOnce> slots_;
};

}  // namespace pf::abi
