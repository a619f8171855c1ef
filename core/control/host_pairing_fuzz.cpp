// Arbitrary events in arbitrary order into the host's pairing machine. It must never crash, never
// find a proof where no PIN was known, end with exactly one verdict and stay silent afterwards.
#include <cstdint>
#include <span>

#include "core/base/check.h"
#include "core/control/host_pairing.h"
#include "core/wire/v1/typed_messages.h"

namespace {

using namespace pf;
using namespace pf::control;

std::optional<HostPairing::Input> input_of(ByteReader& in) {
  switch (in.little<std::uint8_t>() % 8) {
    case 0:
      return BrokenHandshake{};
    case 1:
      return StreamClosed{};
    case 2:
      return PeerClosed{message::CloseCode{in.little<std::uint8_t>()}, "x"};
    case 3:
      return PinGiven{crypto::SecretText("4321")};
    case 4:
      return PinRefused{};
    case 5:
      return DeviceSaved{std::string("full")};
    default: {
      auto message = wire::v1::parse_typed(
          in.take(std::min<std::size_t>(in.little<std::uint8_t>(), in.remaining())));
      if (!message) return std::nullopt;
      return *std::move(message);
    }
  }
}

void drain(HostPairing& pairing, int& verdicts) {
  while (auto output = pairing.poll()) {
    PF_CHECK(verdicts == 0);
    PF_CHECK(!std::holds_alternative<DeviceProven>(*output));
    if (std::holds_alternative<HostPairingOver>(*output)) ++verdicts;
  }
  PF_CHECK((verdicts == 1) == pairing.over());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteReader in(std::as_bytes(std::span(data, size)));
  SeededRng rng(1);
  LocalTime now;
  HostPairing pairing({.client = crypto::Fingerprint{}, .host = {}}, rng, now);
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
