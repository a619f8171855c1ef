// Decoded sound, and the sound of pads, translated.
#include <algorithm>

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

template <class T, class Value>
void give_one(T* out, Value value) noexcept {
  if (out != nullptr) *out = static_cast<T>(value);
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

extern "C" int32_t punktfunk_connection_next_pad_audio(PunktfunkConnection* c, uint8_t* out_pad,
                                                       uint8_t* out_kind, uint32_t* out_seq,
                                                       uint64_t* out_pts_ns, uint8_t* buf,
                                                       uintptr_t buf_len, uint32_t timeout_ms) {
  std::int32_t copied_bytes = 0;
  const auto status = guarded(c, &Connection::pad_audio, [&](Connection& connection) {
    if (buf == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
    const auto pulled = connection.endpoint->planes().next_pad_audio(pf::milliseconds(timeout_ms));
    if (!pulled) return PUNKTFUNK_STATUS_CLOSED;
    if (!*pulled || (*pulled)->opus.size() > buf_len) return PUNKTFUNK_STATUS_OK;
    const pf::endpoint::PadAudioPacket& packet = **pulled;
    give_one(out_pad, packet.pad);
    give_one(out_kind, packet.kind);
    give_one(out_seq, packet.sequence);
    give_one(out_pts_ns, packet.pts.ns());
    std::copy(packet.opus.begin(), packet.opus.end(), reinterpret_cast<std::byte*>(buf));
    copied_bytes = static_cast<std::int32_t>(packet.opus.size());
    return PUNKTFUNK_STATUS_OK;
  });
  return status == PUNKTFUNK_STATUS_OK ? copied_bytes : -1;
}

extern "C" PunktfunkStatus punktfunk_connection_set_pad_audio_caps(PunktfunkConnection* c,
                                                                   uint8_t pad,
                                                                   uint8_t audio_caps) {
  return guarded(c, [&](Connection& connection) {
    if (pad >= pf::message::kMaxPads) return PUNKTFUNK_STATUS_INVALID_ARG;
    connection.pad_audio_caps[pad] =
        audio_caps & (PUNKTFUNK_PAD_AUDIO_CAP_HAPTICS | PUNKTFUNK_PAD_AUDIO_CAP_SPEAKER);
    return PUNKTFUNK_STATUS_OK;
  });
}
