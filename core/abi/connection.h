// What a PunktfunkConnection* stands for.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "core/abi/guard.h"
#include "core/abi/handle_table.h"
#include "core/abi/plane.h"
#include "core/audio/packet_decoder.h"
#include "core/control/rumble_commands.h"
#include "core/endpoint/client_endpoint.h"

namespace pf::abi {

struct Connection {
  std::unique_ptr<endpoint::ClientEndpoint> endpoint;
  std::atomic<bool> quit{false};  // the goodbye says that the user is done

  Plane video, audio, pad_audio, host_timing, rumble, hid_output, hdr_metadata;

  endpoint::AudioPacket audio_packet;         // lent to the audio plane
  std::optional<audio::PacketDecoder> sound;  // of the audio plane; lends samples
  // PUNKTFUNK_PAD_AUDIO_CAP_*, for the arrival of each pad.
  std::array<std::atomic<std::uint8_t>, message::kMaxPads> pad_audio_caps{};
  std::atomic<std::uint16_t> pen_sequence{0};  // of the next batch

  control::RumbleCommands rumble_commands;  // of the rumble plane
  std::mutex quirks_mutex;                  // guards the next
  std::array<control::RumbleQuirks, message::kMaxPads> rumble_quirks;

  std::atomic<bool> speed_test_begun{false};

  std::mutex noted_mutex;
  std::optional<std::uint32_t> expected_frame;  // after the newest that was noted
};

// All connections of the process; never destroyed, like the sessions.
HandleTable<Connection>& connections();

// PUNKTFUNK_STATUS_REJECTED_* for a close code that is one, else PUNKTFUNK_STATUS_OK.
PunktfunkStatus rejection_of(message::CloseCode code) noexcept;

template <class Work>
PunktfunkStatus guarded(const PunktfunkConnection* handle, Work&& work) noexcept {
  return guarded(connections(), handle, work);
}

// Likewise, in one of the connection's planes.
template <class Work>
PunktfunkStatus guarded(PunktfunkConnection* handle, Plane Connection::*plane,
                        Work&& work) noexcept {
  return guarded(connections(), handle, [&](Connection& connection) {
    const Plane::Turn turn(connection.*plane);
    return turn ? work(connection) : PUNKTFUNK_STATUS_INVALID_ARG;
  });
}

}  // namespace pf::abi
