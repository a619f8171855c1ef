#include "core/wire/v1/control_stream.h"

#include "core/wire/v1/fields.h"
#include "core/wire/v1/handshake.h"
#include "core/wire/v1/typed_messages.h"

namespace pf::wire::v1 {
namespace {

bool is_handshake(Bytes payload) noexcept {
  return payload.size() >= kMagicBytes && as_text(payload.first(kMagicBytes)) == kHandshakeMagic;
}

std::vector<std::byte> payload_of(const message::ControlMessage& message) {
  if (const auto* hello = std::get_if<message::Hello>(&message)) return write_hello(*hello);
  if (const auto* welcome = std::get_if<message::Welcome>(&message)) return write_welcome(*welcome);
  if (const auto* start = std::get_if<message::Start>(&message)) return write_start(*start);
  return write_typed(message);
}

}  // namespace

std::optional<ControlStream::Event> ControlStream::parse(Bytes payload) {
  if (payload.empty()) return std::nullopt;  // legal, means nothing
  auto event = end_ == End::host ? parse_as_host(payload) : parse_as_client(payload);
  if (!event) ++ignored_count_;
  return event;
}

std::optional<ControlStream::Event> ControlStream::parse_as_host(Bytes payload) {
  if (!opened_) {
    opened_ = true;
    if (auto hello = parse_hello(payload)) return message::ControlMessage(std::move(*hello));
    auto typed = parse_typed(payload);
    if (typed && std::holds_alternative<message::PairRequest>(*typed)) return std::move(*typed);
    return BrokenHandshake{};
  }
  if (is_handshake(payload) && !started_) {
    started_ = true;
    if (auto start = parse_start(payload)) return message::ControlMessage(*start);
    return BrokenHandshake{};
  }
  return parse_later(payload);
}

std::optional<ControlStream::Event> ControlStream::parse_as_client(Bytes payload) {
  if (is_handshake(payload) && !started_) {
    started_ = true;
    if (auto welcome = parse_welcome(payload)) return message::ControlMessage(std::move(*welcome));
    return BrokenHandshake{};
  }
  return parse_later(payload);
}

std::optional<ControlStream::Event> ControlStream::parse_later(Bytes payload) {
  auto typed = parse_typed(payload);
  if (!typed) return std::nullopt;
  return std::move(*typed);
}

std::vector<std::byte> ControlStream::write(const message::ControlMessage& message) {
  std::vector<std::byte> stream;
  append_frame(payload_of(message), stream);
  return stream;
}

}  // namespace pf::wire::v1
