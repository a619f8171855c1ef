#include "core/wire/v1/input_event.h"

#include "core/base/check.h"

namespace pf::wire::v1 {
namespace {
constexpr std::uint8_t kInputTag = 0xC8;
}

std::optional<message::InputEvent> parse_input_event(Bytes datagram) noexcept {
  ByteReader in(datagram);
  const auto tag = in.little<std::uint8_t>();
  const auto kind = in.little<std::uint8_t>();
  const message::InputEvent event{.kind = message::InputKind{kind},
                                  .code = in.little<std::uint32_t>(),
                                  .x = in.little<std::int32_t>(),
                                  .y = in.little<std::int32_t>(),
                                  .flags = in.little<std::uint32_t>()};
  if (!in.ok() || tag != kInputTag || kind >= message::kInputKinds) return std::nullopt;
  return event;
}

std::array<std::byte, kInputEventBytes> write_input_event(
    const message::InputEvent& event) noexcept {
  std::array<std::byte, kInputEventBytes> bytes;
  ByteWriter out(bytes);
  out.little(kInputTag);
  out.little(static_cast<std::uint8_t>(event.kind));
  out.little(event.code);
  out.little(event.x);
  out.little(event.y);
  out.little(event.flags);
  PF_DCHECK(out.ok());
  return bytes;
}

}  // namespace pf::wire::v1
