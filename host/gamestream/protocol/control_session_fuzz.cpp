// A whole control session: what a paired client says, sealed with its key, between wishes of games,
// grants that change and time that passes. The first byte of each step chooses which.
#include "core/input/sound_event.h"
#include "host/gamestream/protocol/control_session.h"
#include "host/gamestream/protocol/control_testing.h"

using namespace pf;
using namespace pf::gamestream;

namespace {

constexpr std::size_t kMaxMessageBytes = 64;

void check(const ControlSession::Output& output, const message::Grants& grants) {
  const auto* inject = std::get_if<InjectInput>(&output);
  if (inject == nullptr || inject->event.kind == message::InputKind::gamepad_remove) return;
  if (input::sound_event(inject->event) != inject->event) __builtin_trap();
  if (!grants.allows(input::grant_for(input::device_of(inject->event.kind)))) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader reader({reinterpret_cast<const std::byte*>(data), size});
  LocalTime now{seconds(10)};
  message::Grants grants = message::Grants::all();
  const ControlIv iv = reader.little<std::uint8_t>() % 2 == 0 ? ControlIv::v2 : ControlIv::legacy;
  ControlSession session({.key = {}, .iv = iv, .grants = grants, .picture = {1280, 720}}, now);
  ControlClientEnd client({}, iv);
  session.handle(ControlUp{}, now);
  while (reader.remaining() > 0) {
    const auto step = reader.little<std::uint8_t>();
    if (step < 200) {
      const auto type = reader.little<std::uint16_t>();
      const std::size_t bytes = std::min<std::size_t>(step % kMaxMessageBytes, reader.remaining());
      auto packet = client.seal(type, reader.take(bytes));
      session.handle(ControlPacket{packet}, now);
    } else if (step < 220) {
      now += milliseconds(std::int64_t{reader.little<std::uint8_t>()} * 20);
      if (const auto due = session.next_timeout(); due && *due <= now) session.handle_timeout(now);
    } else if (step < 230) {
      grants = message::Grants::from_bits(reader.little<std::uint8_t>());
      session.handle(ControlGrants{grants}, now);
    } else if (step < 240) {
      session.handle(PadRumble{.pad = reader.little<std::uint8_t>(), .low_frequency = step}, now);
    } else if (step < 250) {
      const Bytes bytes = reader.take(std::min<std::size_t>(30, reader.remaining()));
      std::vector<std::byte> raw(bytes.begin(), bytes.end());
      session.handle(ControlPacket{raw}, now);
    } else {
      session.handle(
          step == 255 ? ControlSession::Input(ControlEnd{}) : ControlSession::Input(ControlDown{}),
          now);
    }
    while (const auto output = session.poll()) check(*output, grants);
  }
  return 0;
}
