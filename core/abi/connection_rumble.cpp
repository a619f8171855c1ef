// Rumble as commands, translated.
#include <algorithm>

#include "core/abi/connection_edge.h"
#include "core/abi/system.h"

namespace pf::abi {
namespace {

// What other threads have said about pads since.
void take_quirks(Connection& connection) {
  const std::lock_guard lock(connection.quirks_mutex);
  for (std::uint16_t pad = 0; pad < message::kMaxPads; ++pad)
    connection.rumble_commands.set_quirks(pad, connection.rumble_quirks[pad]);
}

// The next command; empty when none came within `patience`; or that it is over and all has stopped.
endpoint::PlaneQueue<control::RumbleCommand>::Pulled next_command(Connection& connection,
                                                                  Nanos patience) {
  const Clock& clock = system_clock();
  const LocalTime until = clock.now() + patience;
  control::RumbleCommands& commands = connection.rumble_commands;
  for (Nanos wait{0};;) {
    const auto pulled = connection.endpoint->planes().next_rumble(wait);
    const LocalTime now = clock.now();
    take_quirks(connection);
    if (!pulled) commands.on_end();
    if (pulled && *pulled) commands.on_rumble(**pulled, now);
    if (const auto command = commands.poll(now)) return command;
    if (!pulled) return tl::unexpected(endpoint::PlaneOver{});
    if (now >= until) return std::optional<control::RumbleCommand>();
    wait = std::min(until, commands.next_timeout().value_or(until)) - now;
  }
}

template <class T, class Value>
void give_one(T* out, Value value) noexcept {
  if (out != nullptr) *out = static_cast<T>(value);
}

}  // namespace
}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkStatus punktfunk_connection_next_rumble_cmd(PunktfunkConnection* c,
                                                                uint16_t* pad, uint16_t* low,
                                                                uint16_t* high,
                                                                uint32_t* backstop_ms,
                                                                uint32_t timeout_ms) {
  return punktfunk_connection_next_rumble_cmd2(c, pad, low, high, nullptr, nullptr, backstop_ms,
                                               timeout_ms);
}

extern "C" PunktfunkStatus punktfunk_connection_next_rumble_cmd2(
    PunktfunkConnection* c, uint16_t* pad, uint16_t* low, uint16_t* high, uint16_t* left_trigger,
    uint16_t* right_trigger, uint32_t* backstop_ms, uint32_t timeout_ms) {
  return guarded(c, &Connection::rumble, [&](Connection& connection) {
    const auto pulled = next_command(connection, pf::milliseconds(timeout_ms));
    if (!pulled) return PUNKTFUNK_STATUS_CLOSED;
    if (!*pulled) return PUNKTFUNK_STATUS_NO_FRAME;
    const pf::control::RumbleCommand& command = **pulled;
    give_one(pad, command.pad);
    give_one(low, command.low_frequency);
    give_one(high, command.high_frequency);
    give_one(left_trigger, command.left_trigger);
    give_one(right_trigger, command.right_trigger);
    give_one(backstop_ms, std::chrono::ceil<pf::milliseconds>(command.backstop).count());
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_set_rumble_quirks(PunktfunkConnection* c,
                                                                  uint16_t pad,
                                                                  uint16_t keepalive_ms,
                                                                  uint16_t min_pulse_ms,
                                                                  uint32_t flags) {
  return guarded(c, [&](Connection& connection) {
    if (pad >= pf::message::kMaxPads) return PUNKTFUNK_STATUS_INVALID_ARG;
    const std::lock_guard lock(connection.quirks_mutex);
    connection.rumble_quirks[pad] = {
        .keepalive = pf::milliseconds(keepalive_ms),
        .least_pulse = pf::milliseconds(min_pulse_ms),
        .dedup_jitter = (flags & PUNKTFUNK_RUMBLE_QUIRK_DEDUP_JITTER) != 0};
    return PUNKTFUNK_STATUS_OK;
  });
}
