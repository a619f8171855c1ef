// One end of a punktfunk/1 control stream: stream bytes become messages, messages become stream
// bytes.
//
// The first message decides what a connection is for: a Hello opens a session, a pair request a
// pairing. Which handshake message a "PKF1" frame is follows from who receives it and what came
// before (section 4.1); session machines see only the messages. Not thread-safe; one object for
// each connection and end.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "core/base/bytes.h"
#include "core/message/control_message.h"
#include "core/wire/v1/framing.h"

namespace pf::wire::v1 {

class ControlStream {
 public:
  enum class End : std::uint8_t { host, client };  // who receives here

  // The handshake cannot go on: the first frame was neither Hello nor pair request, or a handshake
  // message was invalid. Everything else that cannot be read is ignored and counted.
  struct BrokenHandshake {};
  using Event = std::variant<message::ControlMessage, BrokenHandshake>;

  explicit ControlStream(End end) noexcept : end_(end) {}

  // Calls `on_event(Event)` for each message that `stream` completes, in order.
  template <class OnEvent>
  void read(Bytes stream, OnEvent&& on_event) {
    while (!stream.empty()) {
      stream = frames_.take(stream);
      if (const auto frame = frames_.frame()) {
        if (auto event = parse(*frame)) on_event(std::move(*event));
      }
    }
  }

  // One frame's payload; nullopt: to be ignored.
  std::optional<Event> parse(Bytes payload);

  // Framed, ready for the stream.
  static std::vector<std::byte> write(const message::ControlMessage& message);

  std::uint64_t ignored_count() const noexcept { return ignored_count_; }

 private:
  std::optional<Event> parse_as_host(Bytes payload);
  std::optional<Event> parse_as_client(Bytes payload);
  std::optional<Event> parse_later(Bytes payload);

  End end_;
  FrameReader frames_;
  bool opened_ = false;   // the first message has been seen
  bool started_ = false;  // host: Start; client: Welcome
  std::uint64_t ignored_count_ = 0;
};

}  // namespace pf::wire::v1
