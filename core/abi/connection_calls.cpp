// What comes from a connection and goes into it, translated: arguments in, C++ called, answers out.
#include "core/abi/connection_edge.h"
#include "core/abi/system.h"

namespace pf::abi {
namespace {

PunktfunkFrame to_c(const endpoint::AccessUnit& unit) noexcept {
  return {.data = reinterpret_cast<const std::uint8_t*>(unit.bytes.data()),
          .len = unit.bytes.size(),
          .frame_index = static_cast<std::uint32_t>(value(unit.id)),
          .pts_ns = static_cast<std::uint64_t>(unit.pts.ns()),
          .flags = unit.flags,
          .received_ns = since_unix_epoch(unit.received)};
}

PunktfunkHostTiming to_c(const message::HostTiming& timing) noexcept {
  return {.pts_ns = static_cast<std::uint64_t>(timing.pts.ns()), .host_us = timing.host_us};
}

// Frames between the newest noted and this one; 0 for one that is late. Numbers wrap.
std::uint32_t note(Connection& connection, std::uint32_t frame) {
  constexpr std::uint32_t kHalf = std::uint32_t{1} << 31;
  const std::lock_guard lock(connection.noted_mutex);
  const std::uint32_t ahead = frame - connection.expected_frame.value_or(frame);
  if (ahead >= kHalf) return 0;
  connection.expected_frame = frame + 1;
  return ahead;
}

// A host that sends pads' sound is told with its arrival what a pad can play.
std::uint32_t flags_of(const PunktfunkInputEvent& event, const Connection& connection) noexcept {
  const std::uint32_t pad = event.flags & 0xFF;
  if (event.kind != PUNKTFUNK_INPUT_KIND_GAMEPAD_ARRIVAL || pad >= message::kMaxPads ||
      !connection.endpoint->welcome().capabilities.has(message::Capability::sends_pad_audio)) {
    return event.flags;
  }
  constexpr int kCapsShift = 8;
  return event.flags | std::uint32_t{connection.pad_audio_caps[pad]} << kCapsShift;
}
static_assert(PUNKTFUNK_PAD_AUDIO_CAP_HAPTICS << 8 == ARRIVAL_FLAG_PAD_AUDIO_HAPTICS &&
              PUNKTFUNK_PAD_AUDIO_CAP_SPEAKER << 8 == ARRIVAL_FLAG_PAD_AUDIO_SPEAKER);

}  // namespace
}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkStatus punktfunk_connection_next_au(PunktfunkConnection* c, PunktfunkFrame* out,
                                                        uint32_t timeout_ms) {
  return guarded(c, &Connection::video, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    return give(connection.endpoint->next_access_unit(pf::milliseconds(timeout_ms)), *out,
                [](const auto& value) { return to_c(value); });
  });
}

extern "C" PunktfunkStatus punktfunk_connection_next_host_timing(PunktfunkConnection* c,
                                                                 PunktfunkHostTiming* out,
                                                                 uint32_t timeout_ms) {
  return guarded(c, &Connection::host_timing, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    return give(connection.endpoint->planes().next_host_timing(pf::milliseconds(timeout_ms)), *out,
                [](const auto& value) { return to_c(value); });
  });
}

extern "C" PunktfunkStatus punktfunk_connection_send_input(PunktfunkConnection* c,
                                                           const PunktfunkInputEvent* ev) {
  return while_running(c, [&](Connection& connection) {
    if (ev == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (ev->kind >= pf::message::kInputKinds) return PUNKTFUNK_STATUS_INVALID_ARG;
    connection.endpoint->send(pf::message::InputEvent{.kind = pf::message::InputKind{ev->kind},
                                                      .code = ev->code,
                                                      .x = ev->x,
                                                      .y = ev->y,
                                                      .flags = flags_of(*ev, connection)});
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_request_mode(const PunktfunkConnection* c,
                                                             uint32_t width, uint32_t height,
                                                             uint32_t refresh_hz) {
  return while_running(c, [&](Connection& connection) {
    if (width == 0 || height == 0 || refresh_hz == 0) return PUNKTFUNK_STATUS_INVALID_ARG;
    connection.endpoint->request_mode({.size_px = {width, height}, .refresh = {refresh_hz, 1}});
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_request_keyframe(const PunktfunkConnection* c) {
  return while_running(c, [](Connection& connection) {
    connection.endpoint->say(pf::message::RequestKeyframe{});
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_request_rfi(const PunktfunkConnection* c,
                                                            uint32_t first_frame,
                                                            uint32_t last_frame) {
  return while_running(c, [&](Connection& connection) {
    const std::uint32_t beyond_first = last_frame - first_frame;  // frame numbers wrap
    if (beyond_first >= std::uint32_t{1} << 31) return PUNKTFUNK_STATUS_INVALID_ARG;
    if (beyond_first >= PUNKTFUNK_RFI_MAX_RANGE) {
      connection.endpoint->say(pf::message::RequestKeyframe{});
    } else {
      connection.endpoint->say(
          pf::message::RfiRequest{.first_frame = first_frame, .last_frame = last_frame});
    }
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_note_frame_index(const PunktfunkConnection* c,
                                                                 uint32_t frame_index,
                                                                 bool* gap_out) {
  return while_running(c, [&](Connection& connection) {
    const bool gap = note(connection, frame_index) > 0;
    if (gap_out != nullptr) *gap_out = gap;
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_note_frame_index_ex(const PunktfunkConnection* c,
                                                                    uint32_t frame_index,
                                                                    uint32_t* gap_width) {
  return while_running(c, [&](Connection& connection) {
    const std::uint32_t missing = note(connection, frame_index);
    if (gap_width != nullptr) *gap_width = missing;
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_report_decode_us(const PunktfunkConnection* c,
                                                                 uint32_t us) {
  return while_running(c, [&](Connection& connection) {
    connection.endpoint->decode_took(pf::microseconds(us));
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_report_phase(
    const PunktfunkConnection* c, uint64_t next_latch_host_ns, uint32_t latch_period_ns,
    uint32_t uncertainty_ns, uint32_t arrival_lead_ns, uint16_t coherence_milli) {
  return while_running(c, [&](Connection& connection) {
    constexpr std::uint16_t kNotMeasured = 0xFFFF, kMost = 1000;
    if (coherence_milli > kMost && coherence_milli != kNotMeasured)
      return PUNKTFUNK_STATUS_INVALID_ARG;
    pf::message::PhaseReport report{
        .next_latch = pf::WireTime(pf::Nanos(static_cast<std::int64_t>(next_latch_host_ns))),
        .period_ns = latch_period_ns,
        .uncertainty_ns = uncertainty_ns,
        .lead_ns = arrival_lead_ns,
        .coherence_permille = std::nullopt};
    if (coherence_milli != kNotMeasured) report.coherence_permille = coherence_milli;
    connection.endpoint->say(report);
    return PUNKTFUNK_STATUS_OK;
  });
}
