// QUIC datagrams from the host in punktfunk/1: a tag byte, then fixed fields. Longer ones are
// accepted and the excess ignored, so that tails can grow. Source: docs/protocol/punktfunk1.md
// section 9.
//
//   host timing  0xCF · 1 pts u64 · 9 host µs u32 [· 13 queue, encode, pace µs u32 [· 25 applied
//   phase ns i32]]
//   audio        0xC9 (Opus), 0xD3 (PCM) · 1 sequence u32 · 5 pts u64 · 13 bytes
//                0xD2 likewise, but 13 primary length u16 · 15 Opus · the previous frame's Opus
//   rumble       0xCA · 1 pad u16 · 3 low u16 · 5 high u16 [· 7 sequence u8 · 8 ttl ms u16 [· 10
//   left trigger u16 · 12 right trigger u16]]
//   HID output   0xCD · 1 kind · fields by kind
//   pad audio    0xD1 · 1 pad · 2 kind · 3 sequence u32 · 7 pts u64 · 15 Opus
//   HDR          0xCE · 1 metadata, 28 bytes
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/message/datagram.h"

namespace pf::wire::v1 {

// nullopt: another tag, or too short.
std::optional<message::HostTiming> parse_host_timing(Bytes datagram) noexcept;
std::vector<std::byte> write_host_timing(const message::HostTiming& timing);

// Likewise. Frames of sound point into `datagram`. `frame_period` dates the one that is repeated.
std::optional<message::AudioDatagram> parse_audio(Bytes datagram, Nanos frame_period) noexcept;
// Gives the part of `room` that it takes; empty: `room` is too small. An Opus frame goes as 0xD2 if
// it has a previous one, which may be empty. Takes no memory: sound leaves 200 times a second.
Bytes write_audio(const message::AudioDatagram& audio, MutableBytes room) noexcept;
inline constexpr std::size_t kAudioHeaderBytes = 13;
inline constexpr std::size_t kRedundantAudioHeaderBytes = 15;
std::optional<message::Rumble> parse_rumble(Bytes datagram) noexcept;  // nor a pad beyond the last
std::optional<message::PadAudio> parse_pad_audio(Bytes datagram) noexcept;  // likewise, or kind
std::optional<message::HidOutput> parse_hid_output(Bytes datagram);
std::optional<message::HdrMetadata> parse_hdr_datagram(Bytes datagram) noexcept;

}  // namespace pf::wire::v1
