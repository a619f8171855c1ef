// Arbitrary bytes as a control stream, at either end and cut anywhere; and as a single message.
// Whatever can be read must survive being written and read again.
#include <cstdint>
#include <span>

#include "core/base/check.h"
#include "core/wire/v1/control_stream.h"
#include "core/wire/v1/datagrams.h"
#include "core/wire/v1/handshake.h"
#include "core/wire/v1/typed_messages.h"

namespace {

using namespace pf;
using namespace pf::wire::v1;

// First byte: which end reads, and how long the pieces are. The rest is the stream.
void read_stream(Bytes input) {
  const auto control = std::to_integer<std::uint8_t>(input[0]);
  ControlStream stream((control & 1) != 0 ? ControlStream::End::host : ControlStream::End::client);
  const std::size_t piece_bytes = 1 + (control >> 1);
  Bytes rest = input.subspan(1);
  while (!rest.empty()) {
    const std::size_t count = std::min(piece_bytes, rest.size());
    stream.read(rest.first(count), [](ControlStream::Event event) {
      const auto* message = std::get_if<message::ControlMessage>(&event);
      if (message != nullptr) PF_CHECK(!ControlStream::write(*message).empty());
    });
    rest = rest.subspan(count);
  }
}

void read_message(Bytes payload) {
  if (const auto hello = parse_hello(payload)) {
    PF_CHECK(parse_hello(write_hello(*hello)) == hello);
  }
  if (const auto welcome = parse_welcome(payload)) {
    const auto again = parse_welcome(write_welcome(*welcome));
    PF_CHECK(again.has_value());
    // Audio fields of a codec that does not use them are not written.
    PF_CHECK(again->keys == welcome->keys && again->mode == welcome->mode);
  }
  if (const auto start = parse_start(payload)) PF_CHECK(parse_start(write_start(*start)) == start);
  if (const auto typed = parse_typed(payload)) {
    PF_CHECK(parse_typed(write_typed(*typed)) == typed);
  }
  if (const auto fetch = parse_clip_fetch(payload)) {
    PF_CHECK(parse_clip_fetch(write_clip_fetch(*fetch)) == fetch);
  }
  if (const auto header = parse_clip_fetch_header(payload)) {
    PF_CHECK(parse_clip_fetch_header(write_clip_fetch_header(*header)) == header);
  }
  if (const auto timing = parse_host_timing(payload)) {
    PF_CHECK(parse_host_timing(write_host_timing(*timing)) == timing);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input = std::as_bytes(std::span(data, size));
  if (input.empty()) return 0;
  read_stream(input);
  read_message(input.subspan(1));
  return 0;
}
