// The typed control messages of punktfunk/1: magic "PKFc", one type byte, then fixed fields. Apart
// from the two with an optional tail (probe result, phase report) a message of another length is
// not that message. Source: docs/protocol/punktfunk1.md sections 4.2, 6, 7 and 8.2.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "core/base/bytes.h"
#include "core/message/control_message.h"

namespace pf::wire::v1 {

// nullopt: another magic, an unknown type, a wrong length or bad contents. Receivers ignore such a
// message. Never gives a Hello, Welcome or Start.
std::optional<message::ControlMessage> parse_typed(Bytes payload);

// Empty for Hello, Welcome and Start, which have no type byte (handshake.h). Lists and texts beyond
// their bounds are cut.
std::vector<std::byte> write_typed(const message::ControlMessage& message);

// These two travel only on clipboard streams, behind their opening bytes.
std::optional<message::ClipFetch> parse_clip_fetch(Bytes payload);
std::optional<message::ClipFetchHeader> parse_clip_fetch_header(Bytes payload) noexcept;
std::vector<std::byte> write_clip_fetch(const message::ClipFetch& fetch);
std::vector<std::byte> write_clip_fetch_header(const message::ClipFetchHeader& header);

}  // namespace pf::wire::v1
