#include "client/app/pair_command.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "client/app/complain.h"
#include "client/app/exit_code.h"
#include "client/app/find_host.h"
#include "client/app/home.h"
#include "client/app/machine_name.h"
#include "client/trust/client_identity.h"
#include "core/endpoint/pair_call.h"
#include "core/runtime/system_clock.h"

namespace pf::client_app {
namespace {

constexpr std::size_t kMaxPinBytes = 16;  // hosts show four digits

// From the terminal, or from whatever standard input is. A PIN is good for one attempt, so it may
// be seen.
std::string ask_for_pin(const std::string& host) {
  if (isatty(STDIN_FILENO) == 1) {
    std::fprintf(stderr, "Start pairing on the host (punktfunk-host pair).\nPIN that %s shows: ",
                 host.c_str());
  }
  std::string pin;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    if (c != ' ' && c != '\r' && pin.size() <= kMaxPinBytes) pin += static_cast<char>(c);
  }
  return pin;
}

bool is_pin(const std::string& text) {
  return !text.empty() && text.size() <= kMaxPinBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int exit_code_of(control::PairingEnd end) {
  switch (end) {
    case control::PairingEnd::paired:
      return kExitDone;
    case control::PairingEnd::wrong_pin:
      return kExitWrongPin;
    case control::PairingEnd::rejected:
      return kExitRefused;
    case control::PairingEnd::failed:
      return kExitFailed;
    case control::PairingEnd::lost:
      return kExitUnreachable;
  }
  return kExitFailed;
}

}  // namespace

int run_pair(const PairOptions& options) {
  const auto home = find_home();
  if (!home) return complain(home.error());
  auto known = trust::KnownHosts::load(home->known_hosts_file);
  if (!known) return complain(known.error());
  auto identity = trust::load_or_make_client_identity(home->identity_file);
  if (!identity) return complain(identity.error());
  const auto target = find_host(options.host, *known);
  if (!target) return complain(kExitUnreachable, target.error().what);

  const std::string pin = options.pin.empty() ? ask_for_pin(target->name) : options.pin;
  if (!is_pin(pin)) return complain(kExitUsage, "a PIN is the number that the host shows");
  const SystemClock clock;
  SystemRng rng;
  const auto paired = endpoint::pair_with_host(
      {.host = target->endpoint,
       .identity = *std::move(identity),
       .pin = crypto::SecretText(pin),
       .device_name = options.name.empty() ? machine_name() : options.name},
      clock, rng);
  if (!paired) return complain(exit_code_of(paired.error().end), paired.error().sentence);

  const WireTime now(clock.now().since_epoch() + wire_offset_now());
  const auto remembered = known->remember({.fingerprint = *paired,
                                           .name = target->name,
                                           .id = target->id,
                                           .addresses = {target->address},
                                           .paired = true,
                                           .added_at = now});
  if (!remembered && remembered.error().kind == ErrorKind::refused)
    return complain(kExitWrongFingerprint, remembered.error().what);
  if (!remembered) return complain(remembered.error());
  std::printf("Paired with %s. From now on: punktfunk connect %s\n", target->name.c_str(),
              options.host.c_str());
  return kExitDone;
}

int run_forget(const ForgetOptions& options) {
  const auto home = find_home();
  if (!home) return complain(home.error());
  auto known = trust::KnownHosts::load(home->known_hosts_file);
  if (!known) return complain(known.error());
  auto forgotten = known->forget(options.host);
  // Addresses are kept with their port.
  if (!forgotten && forgotten.error().kind == ErrorKind::unavailable)
    forgotten = known->forget(with_port(options.host));
  if (!forgotten && forgotten.error().kind == ErrorKind::unavailable)
    return complain(kExitRefused, fmt::format("no host \"{}\" is known here: punktfunk hosts lists "
                                              "them",
                                              options.host));
  if (!forgotten) return complain(forgotten.error());
  std::printf("Forgot %s.\n", options.host.c_str());
  return kExitDone;
}

}  // namespace pf::client_app
