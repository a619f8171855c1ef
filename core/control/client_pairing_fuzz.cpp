// Arbitrary events in arbitrary order into the client's pairing machine. It must never crash, never
// prove itself to a host that does not know the PIN, end with exactly one verdict and stay silent
// afterwards.
#include <cstdint>
#include <span>

#include "core/base/check.h"
#include "core/control/client_pairing.h"
#include "core/wire/v1/typed_messages.h"

namespace {

using namespace pf;
using namespace pf::control;

std::optional<ClientPairing::Input> input_of(ByteReader& in) {
  switch (in.little<std::uint8_t>() % 5) {
    case 0:
      return BrokenHandshake{};
    case 1:
      return StreamClosed{};
    case 2:
      return PeerClosed{message::CloseCode{in.little<std::uint8_t>()}, "x"};
    default: {
      auto message = wire::v1::parse_typed(
          in.take(std::min<std::size_t>(in.little<std::uint8_t>(), in.remaining())));
      if (!message) return std::nullopt;
      return *std::move(message);
    }
  }
}

void drain(ClientPairing& pairing, int& verdicts) {
  while (auto output = pairing.poll()) {
    PF_CHECK(verdicts == 0);
    if (const auto* sent = std::get_if<SendControl>(&*output)) {
      PF_CHECK(!std::holds_alternative<message::PairProof>(sent->message));
    }
    if (const auto* over = std::get_if<ClientPairingOver>(&*output)) {
      PF_CHECK(over->end != PairingEnd::paired);
      ++verdicts;
    }
  }
  PF_CHECK((verdicts == 1) == pairing.over());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in(std::as_bytes(std::span(data, size)));
  SeededRng rng(1);
  LocalTime now;
  ClientPairing pairing(
      {.pin = crypto::SecretText("4321"), .device_name = "x", .client = {}, .host = {}}, rng, now);
  int verdicts = 0;
  while (in.remaining() > 0) {
    now += seconds(in.little<std::uint8_t>() / 8);
    if (const auto due = pairing.next_timeout(); due && *due <= now) pairing.handle_timeout(now);
    drain(pairing, verdicts);
    if (auto input = input_of(in)) pairing.handle(*std::move(input), now);
    drain(pairing, verdicts);
  }
  return 0;
}
