// Decoded sound, translated.
#include "core/abi/connection_edge.h"

namespace pf::abi {
namespace {

PunktfunkAudioPcm to_c(std::span<const float> samples, std::uint8_t channel_count,
                       std::uint32_t sequence, WireTime pts) noexcept {
  return {.samples = samples.data(),
          .frame_count = static_cast<std::uint32_t>(samples.size() / channel_count),
          .channels = channel_count,
          .seq = sequence,
          .pts_ns = static_cast<std::uint64_t>(pts.ns())};
}

// Made with the first call. False: this library cannot decode what the host sends.
bool open_decoder(Connection& connection) {
  if (connection.sound) return true;
  const message::Welcome& welcome = connection.endpoint->welcome();
  auto decoder = audio::open_frame_decoder(welcome);
  if (decoder) connection.sound.emplace(audio::format_of(welcome), *std::move(decoder));
  return decoder.has_value();
}

}  // namespace
}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkStatus punktfunk_connection_next_audio_pcm(PunktfunkConnection* c,
                                                               PunktfunkAudioPcm* out,
                                                               uint32_t timeout_ms) {
  return guarded(c, &Connection::audio, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (!open_decoder(connection)) return PUNKTFUNK_STATUS_UNSUPPORTED;
    return give(connection.endpoint->planes().next_audio(pf::milliseconds(timeout_ms)), *out,
                [&](const pf::endpoint::AudioPacket& packet) {
                  const auto samples = connection.sound->decode(
                      {.sequence = packet.sequence, .pts = packet.pts, .bytes = packet.bytes});
                  return to_c(samples, connection.sound->format().channel_count, packet.sequence,
                              packet.pts);
                });
  });
}

extern "C" PunktfunkStatus punktfunk_connection_audio_plc(PunktfunkConnection* c,
                                                          PunktfunkAudioPcm* out) {
  return guarded(c, &Connection::audio, [&](Connection& connection) {
    if (out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    if (!connection.sound) return PUNKTFUNK_STATUS_NO_FRAME;
    const auto samples = connection.sound->conceal();
    if (samples.empty()) return PUNKTFUNK_STATUS_NO_FRAME;
    *out = to_c(samples, connection.sound->format().channel_count, 0, {});
    return PUNKTFUNK_STATUS_OK;
  });
}
