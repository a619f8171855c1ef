// What is so about a connection, and how it ended.
#include <algorithm>
#include <chrono>
#include <limits>

#include "core/abi/connection.h"
#include "core/abi/system.h"

namespace pf::abi {
namespace {

using message::CloseCode;

template <class T, class Value>
void give(T* out, Value value) noexcept {
  if (out != nullptr) *out = static_cast<T>(value);
}

// One value of the host's Welcome.
template <class T, class Get>
PunktfunkStatus welcome(const PunktfunkConnection* handle, T* out, Get&& get) noexcept {
  return guarded(handle, [&](Connection& connection) {
    give(out, get(connection.endpoint->welcome()));
    return PUNKTFUNK_STATUS_OK;
  });
}

std::uint8_t reason_of(const endpoint::Ending& ending) noexcept {
  switch (ending.cause) {
    case endpoint::Ending::Cause::ours:
      return PUNKTFUNK_END_REASON_LOCAL;
    case endpoint::Ending::Cause::host:
      if (ending.code == CloseCode::game_exited) return PUNKTFUNK_END_REASON_GAME_EXITED;
      return message::kind_of(ending.code) == message::CloseKind::ended
                 ? PUNKTFUNK_END_REASON_HOST_ENDED
                 : PUNKTFUNK_END_REASON_HOST_ERROR;
    case endpoint::Ending::Cause::unreachable:
    case endpoint::Ending::Cause::lost:
      return PUNKTFUNK_END_REASON_LOST;
    case endpoint::Ending::Cause::wrong_fingerprint:
    case endpoint::Ending::Cause::failed:
      return PUNKTFUNK_END_REASON_HOST_ERROR;
  }
  return PUNKTFUNK_END_REASON_NONE;
}

// Never 0 while there is a deadline: that would mean for good.
std::uint32_t seconds_left(const endpoint::Access& access, LocalTime now) noexcept {
  if (!access.ends) return 0;
  const auto left = std::chrono::ceil<seconds>(*access.ends - now).count();
  return static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(left, 1, std::numeric_limits<std::uint32_t>::max()));
}

std::int64_t offset_ns(const endpoint::ClockReading& reading, Nanos host_minus_local) noexcept {
  return reading.synchronised ? (host_minus_local - unix_offset()).count() : 0;
}

}  // namespace

PunktfunkStatus rejection_of(CloseCode code) noexcept {
  switch (code) {
    case CloseCode::busy:
      return PUNKTFUNK_STATUS_REJECTED_BUSY;
    case CloseCode::pairing_not_armed:
      return PUNKTFUNK_STATUS_REJECTED_NOT_ARMED;
    case CloseCode::pairing_other_device:
      return PUNKTFUNK_STATUS_REJECTED_BOUND_OTHER;
    case CloseCode::pairing_rate_limited:
      return PUNKTFUNK_STATUS_REJECTED_RATE_LIMITED;
    case CloseCode::no_identity:
      return PUNKTFUNK_STATUS_REJECTED_IDENTITY_REQUIRED;
    case CloseCode::denied:
      return PUNKTFUNK_STATUS_REJECTED_DENIED;
    case CloseCode::approval_timed_out:
      return PUNKTFUNK_STATUS_REJECTED_APPROVAL_TIMEOUT;
    case CloseCode::superseded:
      return PUNKTFUNK_STATUS_REJECTED_SUPERSEDED;
    case CloseCode::wire_version:
      return PUNKTFUNK_STATUS_REJECTED_WIRE_VERSION;
    case CloseCode::setup_failed:
      return PUNKTFUNK_STATUS_REJECTED_SETUP_FAILED;
    case CloseCode::access_ended:
      return PUNKTFUNK_STATUS_REJECTED_ACCESS_EXPIRED;
    case CloseCode::launch_not_permitted:
      return PUNKTFUNK_STATUS_REJECTED_LAUNCH_NOT_PERMITTED;
    default:
      return PUNKTFUNK_STATUS_OK;
  }
}

}  // namespace pf::abi

using namespace pf::abi;
using pf::message::Welcome;

extern "C" PunktfunkStatus punktfunk_connection_end_reason(const PunktfunkConnection* c,
                                                           uint8_t* out) {
  return guarded(c, [&](Connection& connection) {
    const auto ending = connection.endpoint->ending();
    give(out, ending ? reason_of(*ending) : std::uint8_t{PUNKTFUNK_END_REASON_NONE});
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_end_reject(const PunktfunkConnection* c,
                                                           int32_t* out) {
  return guarded(c, [&](Connection& connection) {
    const auto ending = connection.endpoint->ending();
    const bool by_host = ending && ending->cause == pf::endpoint::Ending::Cause::host;
    give(out, by_host ? rejection_of(ending->code) : PUNKTFUNK_STATUS_OK);
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_mode(const PunktfunkConnection* c, uint32_t* width,
                                                     uint32_t* height, uint32_t* refresh_hz) {
  return guarded(c, [&](Connection& connection) {
    const pf::DisplayMode mode = connection.endpoint->mode();
    give(width, mode.size_px.width);
    give(height, mode.size_px.height);
    give(refresh_hz, mode.refresh.hz() + 0.5);
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_codec(PunktfunkConnection* c, uint8_t* out) {
  return welcome(c, out, [](const Welcome& w) { return 1u << static_cast<unsigned>(w.codec); });
}

extern "C" PunktfunkStatus punktfunk_connection_color_info(PunktfunkConnection* c,
                                                           uint8_t* primaries, uint8_t* transfer,
                                                           uint8_t* matrix, uint8_t* full_range,
                                                           uint8_t* bit_depth) {
  return guarded(c, [&](Connection& connection) {
    const Welcome& w = connection.endpoint->welcome();
    give(primaries, w.colour.primaries);
    give(transfer, w.colour.transfer);
    give(matrix, w.colour.matrix);
    give(full_range, w.colour.full_range ? 1 : 0);
    give(bit_depth, w.bit_depth);
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_chroma_format(PunktfunkConnection* c,
                                                              uint8_t* out) {
  return welcome(c, out, [](const Welcome& w) {
    return w.chroma == pf::message::ChromaFormat::yuv444 ? PUNKTFUNK_CHROMA_IDC_444
                                                         : PUNKTFUNK_CHROMA_IDC_420;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_shard_payload(PunktfunkConnection* c,
                                                              uint32_t* out) {
  return welcome(c, out, [](const Welcome& w) { return w.shard_bytes; });
}

extern "C" PunktfunkStatus punktfunk_connection_audio_channels(PunktfunkConnection* c,
                                                               uint8_t* out) {
  return welcome(c, out, [](const Welcome& w) { return w.audio_channels; });
}

extern "C" PunktfunkStatus punktfunk_connection_audio_sample_rate(PunktfunkConnection* c,
                                                                  uint32_t* out) {
  return welcome(c, out, [](const Welcome& w) { return w.audio.rate_hz; });
}

extern "C" PunktfunkStatus punktfunk_connection_audio_bits(PunktfunkConnection* c, uint8_t* out) {
  return welcome(c, out, [](const Welcome& w) { return w.audio.bits; });
}

extern "C" PunktfunkStatus punktfunk_connection_audio_frame_us(PunktfunkConnection* c,
                                                               uint16_t* out) {
  return welcome(c, out, [](const Welcome& w) { return w.audio_frame_us; });
}

extern "C" PunktfunkStatus punktfunk_connection_gamepad(const PunktfunkConnection* c,
                                                        uint32_t* gamepad) {
  return welcome(c, gamepad, [](const Welcome& w) { return w.gamepad; });
}

extern "C" PunktfunkStatus punktfunk_connection_compositor(const PunktfunkConnection* c,
                                                           uint32_t* compositor) {
  return welcome(c, compositor, [](const Welcome& w) { return w.compositor; });
}

extern "C" PunktfunkStatus punktfunk_connection_mgmt_port(const PunktfunkConnection* c,
                                                          uint16_t* out) {
  return welcome(c, out, [](const Welcome& w) { return w.management_port; });
}

extern "C" PunktfunkStatus punktfunk_connection_host_caps(const PunktfunkConnection* c,
                                                          uint8_t* caps) {
  constexpr std::size_t kHostByte = 2;  // of message::Capability
  return welcome(c, caps, [](const Welcome& w) { return w.capabilities.byte(kHostByte); });
}

extern "C" PunktfunkStatus punktfunk_connection_grants(const PunktfunkConnection* c,
                                                       uint32_t* out) {
  return guarded(c, [&](Connection& connection) {
    give(out, connection.endpoint->access().grants.bits());
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_access_expires_in(const PunktfunkConnection* c,
                                                                  uint32_t* out) {
  return guarded(c, [&](Connection& connection) {
    give(out, seconds_left(connection.endpoint->access(), system_clock().now()));
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_bitrate(const PunktfunkConnection* c,
                                                        uint32_t* bitrate_kbps) {
  return welcome(c, bitrate_kbps, [](const Welcome& w) { return w.bitrate_kbps; });
}

extern "C" PunktfunkStatus punktfunk_connection_clock_offset_ns(const PunktfunkConnection* c,
                                                                int64_t* out) {
  return guarded(c, [&](Connection& connection) {
    const auto reading = connection.endpoint->clock_reading();
    give(out, offset_ns(reading, reading.first_host_minus_local));
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_clock_offset_now_ns(const PunktfunkConnection* c,
                                                                    int64_t* out) {
  return guarded(c, [&](Connection& connection) {
    const auto reading = connection.endpoint->clock_reading();
    give(out, offset_ns(reading, reading.host_minus_local));
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_frames_dropped(const PunktfunkConnection* c,
                                                               uint64_t* out) {
  if (c == nullptr) give(out, 0);
  return guarded(c, [&](Connection& connection) {
    give(out, connection.endpoint->stats().frames_dropped);
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" PunktfunkStatus punktfunk_connection_wants_decode_latency(const PunktfunkConnection* c,
                                                                     bool* out) {
  return guarded(c, [&](Connection& connection) {
    give(out, connection.endpoint->adapts_rate());
    return PUNKTFUNK_STATUS_OK;
  });
}
