// Sound, pads and pens, translated. The layouts of the C interface are not those of the wire.
#include <cmath>
#include <cstring>

#include "core/abi/connection_edge.h"

namespace pf::abi {
namespace {

// Borrows the bytes of the connection's own packet.
PunktfunkAudioPacket to_c(const endpoint::AudioPacket& packet) noexcept {
  return {.data = reinterpret_cast<const std::uint8_t*>(packet.bytes.data()),
          .len = packet.bytes.size(),
          .seq = packet.sequence,
          .pts_ns = static_cast<std::uint64_t>(packet.pts.ns())};
}

PunktfunkHdrMeta to_c(const message::HdrMetadata& meta) noexcept {
  return {.display_primaries_x = {meta.green.x, meta.blue.x, meta.red.x},
          .display_primaries_y = {meta.green.y, meta.blue.y, meta.red.y},
          .white_point_x = meta.white.x,
          .white_point_y = meta.white.y,
          .max_display_mastering_luminance = meta.max_luminance,
          .min_display_mastering_luminance = meta.min_luminance,
          .max_cll = meta.max_content_light,
          .max_fall = meta.max_frame_average_light};
}

void put_effect(Bytes effect, PunktfunkHidOutput& out) noexcept {
  PF_CHECK(effect.size() <= sizeof out.effect);
  out.effect_len = static_cast<std::uint8_t>(effect.size());
  if (!effect.empty()) std::memcpy(out.effect, effect.data(), effect.size());
}

// Each kind into a zeroed `out`; false: it has no C form.
bool put(const message::PadLight& light, PunktfunkHidOutput& out) noexcept {
  out.kind = PUNKTFUNK_HIDOUT_LED;
  out.pad = light.pad;
  out.r = light.red;
  out.g = light.green;
  out.b = light.blue;
  return true;
}
bool put(const message::PlayerLights& lights, PunktfunkHidOutput& out) noexcept {
  out.kind = PUNKTFUNK_HIDOUT_PLAYER_LEDS;
  out.pad = lights.pad;
  out.player_bits = lights.lights & 0x1F;
  return true;
}
bool put(const message::TriggerEffect& trigger, PunktfunkHidOutput& out) noexcept {
  out.kind = PUNKTFUNK_HIDOUT_TRIGGER;
  out.pad = trigger.pad;
  out.which = trigger.which;
  put_effect(trigger.effect, out);
  return true;
}
bool put(const message::TrackpadHaptic& haptic, PunktfunkHidOutput& out) noexcept {
  out.kind = PUNKTFUNK_HIDOUT_TRACKPAD_HAPTIC;
  out.pad = haptic.pad;
  out.which = haptic.side;
  std::array<std::byte, 6> fields;
  ByteWriter writer(fields);
  writer.little(haptic.amplitude);
  writer.little(haptic.period);
  writer.little(haptic.count);
  put_effect(fields, out);
  return true;
}
bool put(const message::RawHidReport&, PunktfunkHidOutput&) noexcept { return false; }
bool put(const message::PadAudioControl& control, PunktfunkHidOutput& out) noexcept {
  out.kind = PUNKTFUNK_HIDOUT_AUDIO_CTL;
  out.pad = static_cast<std::uint8_t>(control.pad);
  out.which = control.flags;
  put_effect(control.block, out);
  return true;
}

template <class T>
void give_one(T* out, T value) noexcept {
  if (out != nullptr) *out = value;
}

std::array<std::int16_t, 3> three(const std::int16_t (&values)[3]) noexcept {
  return {values[0], values[1], values[2]};
}

// nullopt: an unknown kind.
std::optional<message::ClientDatagram> from_c(const PunktfunkRichInputEx& rich) noexcept {
  switch (rich.kind) {
    case PUNKTFUNK_RICH_TOUCHPAD:
      return message::PadTouch{.pad = rich.pad,
                               .finger = rich.finger,
                               .active = rich.active != 0,
                               .x = static_cast<std::uint16_t>(rich.x),
                               .y = static_cast<std::uint16_t>(rich.y)};
    case PUNKTFUNK_RICH_MOTION:
      return message::PadMotion{
          .pad = rich.pad, .gyro = three(rich.gyro), .accel = three(rich.accel)};
    case PUNKTFUNK_RICH_TOUCHPAD_EX:
      return message::PadTouchEx{.pad = rich.pad,
                                 .surface = rich.surface,
                                 .finger = rich.finger,
                                 .touching = rich.active != 0,
                                 .clicked = rich.click != 0,
                                 .x = rich.x,
                                 .y = rich.y,
                                 .pressure = rich.pressure};
    default:
      return std::nullopt;
  }
}

std::optional<message::ClientDatagram> from_c(const PunktfunkRichInput& rich) noexcept {
  if (rich.kind == PUNKTFUNK_RICH_TOUCHPAD) {
    return message::PadTouch{.pad = rich.pad,
                             .finger = rich.finger,
                             .active = rich.active != 0,
                             .x = rich.x,
                             .y = rich.y};
  }
  if (rich.kind == PUNKTFUNK_RICH_MOTION) {
    return message::PadMotion{
        .pad = rich.pad, .gyro = three(rich.gyro), .accel = three(rich.accel)};
  }
  return std::nullopt;
}

bool is_sound(const PunktfunkPenSample& sample) noexcept {
  constexpr int kKnownState = PUNKTFUNK_PEN_IN_RANGE | PUNKTFUNK_PEN_TOUCHING |
                              PUNKTFUNK_PEN_BARREL1 | PUNKTFUNK_PEN_BARREL2 |
                              PUNKTFUNK_PEN_PREDICTED;
  return std::isfinite(sample.x) && std::isfinite(sample.y) && (sample.state & ~kKnownState) == 0 &&
         sample.tool <= PUNKTFUNK_PEN_TOOL_ERASER;
}

message::PenSample from_c(const PunktfunkPenSample& sample) noexcept {
  return {.state = sample.state,
          .tool = sample.tool,
          .x = sample.x,
          .y = sample.y,
          .pressure = sample.pressure,
          .distance = sample.distance,
          .tilt_degrees = sample.tilt_deg,
          .azimuth_degrees = sample.azimuth_deg,
          .roll_degrees = sample.roll_deg,
          .since_previous_us = sample.dt_us};
}

PunktfunkStatus send(Connection& connection,
                     const std::optional<message::ClientDatagram>& datagram) {
  if (!datagram) return PUNKTFUNK_STATUS_INVALID_ARG;
  connection.endpoint->send(*datagram);
  return PUNKTFUNK_STATUS_OK;
}

}  // namespace
}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkStatus punktfunk_connection_next_audio(PunktfunkConnection* c,
                                                           PunktfunkAudioPacket* out,
                                                           uint32_t timeout_ms) {
  return guarded(c, &Connection::audio, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    return give(connection.endpoint->planes().next_audio(pf::milliseconds(timeout_ms)), *out,
                [&](pf::endpoint::AudioPacket& packet) {
                  connection.audio_packet = std::move(packet);
                  return to_c(connection.audio_packet);
                });
  });
}

extern "C" PunktfunkStatus punktfunk_connection_next_rumble(PunktfunkConnection* c, uint16_t* pad,
                                                            uint16_t* low, uint16_t* high,
                                                            uint32_t timeout_ms) {
  return punktfunk_connection_next_rumble2(c, pad, low, high, nullptr, timeout_ms);
}

extern "C" PunktfunkStatus punktfunk_connection_next_rumble2(PunktfunkConnection* c, uint16_t* pad,
                                                             uint16_t* low, uint16_t* high,
                                                             uint32_t* ttl_ms,
                                                             uint32_t timeout_ms) {
  return guarded(c, &Connection::rumble, [&](Connection& connection) {
    const auto pulled = connection.endpoint->planes().next_rumble(pf::milliseconds(timeout_ms));
    if (!pulled) return PUNKTFUNK_STATUS_CLOSED;
    if (!*pulled) return PUNKTFUNK_STATUS_NO_FRAME;
    const pf::message::Rumble& rumble = **pulled;
    give_one(pad, rumble.pad);
    give_one(low, rumble.low_frequency);
    give_one(high, rumble.high_frequency);
    give_one(ttl_ms, rumble.lease ? std::uint32_t{rumble.lease->ttl_ms}
                                  : std::uint32_t{PUNKTFUNK_RUMBLE_NO_TTL});
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_next_hidout(PunktfunkConnection* c,
                                                            PunktfunkHidOutput* out,
                                                            uint32_t timeout_ms) {
  return guarded(c, &Connection::hid_output, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    const auto pulled = connection.endpoint->planes().next_hid_output(pf::milliseconds(timeout_ms));
    if (!pulled) return PUNKTFUNK_STATUS_CLOSED;
    if (!*pulled) return PUNKTFUNK_STATUS_NO_FRAME;
    PunktfunkHidOutput given{};
    if (!std::visit([&](const auto& output) { return put(output, given); }, **pulled))
      return PUNKTFUNK_STATUS_NO_FRAME;
    *out = given;
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_next_hdr_meta(PunktfunkConnection* c,
                                                              PunktfunkHdrMeta* out,
                                                              uint32_t timeout_ms) {
  return guarded(c, &Connection::hdr_metadata, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    return give(connection.endpoint->planes().next_hdr_metadata(pf::milliseconds(timeout_ms)), *out,
                [](const auto& metadata) { return to_c(metadata); });
  });
}

extern "C" PunktfunkStatus punktfunk_connection_send_mic(PunktfunkConnection* c,
                                                         const uint8_t* opus_data, uintptr_t len,
                                                         uint32_t seq, uint64_t pts_ns) {
  return while_running(c, [&](Connection& connection) {
    if (opus_data == nullptr && len > 0) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (len > pf::message::kMaxOpusBytes) return PUNKTFUNK_STATUS_INVALID_ARG;
    return send(connection,
                pf::message::Microphone{
                    .sequence = seq,
                    .pts = pf::LocalTime(pf::Nanos(static_cast<std::int64_t>(pts_ns))),
                    .opus = pf::Bytes(reinterpret_cast<const std::byte*>(opus_data), len)});
  });
}

extern "C" PunktfunkStatus punktfunk_connection_send_rich_input(PunktfunkConnection* c,
                                                                const PunktfunkRichInput* rich) {
  return while_running(c, [&](Connection& connection) {
    if (rich == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    return send(connection, from_c(*rich));
  });
}

extern "C" PunktfunkStatus punktfunk_connection_send_rich_input2(PunktfunkConnection* c,
                                                                 const PunktfunkRichInputEx* rich) {
  return while_running(c, [&](Connection& connection) {
    if (rich == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (rich->struct_size != sizeof(PunktfunkRichInputEx)) return PUNKTFUNK_STATUS_INVALID_ARG;
    return send(connection, from_c(*rich));
  });
}

extern "C" PunktfunkStatus punktfunk_connection_send_pen(PunktfunkConnection* c,
                                                         const PunktfunkPenSample* samples,
                                                         uint32_t count) {
  return while_running(c, [&](Connection& connection) {
    if (samples == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (count == 0 || count > pf::message::kMaxPenSamples) return PUNKTFUNK_STATUS_INVALID_ARG;
    pf::message::PenBatch batch;
    for (std::uint32_t i = 0; i < count; ++i) {
      if (!is_sound(samples[i])) return PUNKTFUNK_STATUS_INVALID_ARG;
      batch.samples.push_back(from_c(samples[i]));
    }
    if (!connection.endpoint->welcome().capabilities.has(pf::message::Capability::takes_pen))
      return PUNKTFUNK_STATUS_UNSUPPORTED;
    batch.sequence = connection.pen_sequence++;
    return send(connection, std::move(batch));
  });
}
