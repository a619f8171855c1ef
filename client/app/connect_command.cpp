#include "client/app/connect_command.h"

#include <cstdio>

#include "client/app/complain.h"
#include "client/app/exit_code.h"
#include "client/app/find_host.h"
#include "client/app/home.h"
#include "client/app/machine_name.h"
#include "client/probe/link_speed.h"
#include "client/probe/show.h"
#include "client/trust/client_identity.h"
#include "core/runtime/system_clock.h"

namespace pf::client_app {
namespace {

// A host keeps a device that knocks waiting for 180 s (docs/protocol/punktfunk1.md section 8.6).
constexpr Nanos kKnockPatience = seconds(185);

// Whoever answered is pinned from now on, and a known host is remembered where it was found.
int remember(trust::KnownHosts& known, const Target& target, const std::string& fingerprint) {
  const SystemClock clock;
  trust::KnownHost host;
  if (target.known != nullptr)
    host = *target.known;
  else
    host.added_at = WireTime(clock.now().since_epoch() + wire_offset_now());
  host.fingerprint = *crypto::parse_fingerprint(fingerprint);
  if (host.name.empty()) host.name = target.name;
  if (host.id.empty()) host.id = target.id;
  host.addresses = {target.address};
  const auto remembered = known.remember(host);
  return remembered ? kExitDone : complain(remembered.error());
}

// Who answered, and what came of it.
struct Met {
  int exit_code = kExitDone;
  std::string fingerprint;  // empty: nobody let us in
};

// Finds the host that `options` mean, lets `go` (options of a stream → Met) talk to it, and
// remembers it.
template <class Go>
int meet(const ConnectOptions& options, Go go) {
  const auto home = find_home();
  if (!home) return complain(home.error());
  auto known = trust::KnownHosts::load(home->known_hosts_file);
  if (!known) return complain(known.error());
  const auto identity = trust::load_or_make_client_identity(home->identity_file);
  if (!identity) return complain(identity.error());
  const auto target = find_host(options.stream.host, *known);
  if (!target) return complain(kExitUnreachable, target.error().what);
  if (target->known == nullptr && !options.trust) {
    return complain(
        kExitWrongFingerprint,
        fmt::format("this machine does not know {}. Pair with it: punktfunk pair {}\n"
                    "           (or, where nobody can stand in between, believe it this "
                    "once and pin it: --trust)",
                    target->name, options.stream.host));
  }

  probe::Options stream = options.stream;
  stream.host = target->endpoint.to_string();
  stream.identity = home->identity_file;
  stream.device_name = machine_name();
  stream.patience = kKnockPatience;
  if (target->known != nullptr) {
    stream.fingerprint = target->known->fingerprint;
  } else {
    std::fprintf(stderr,
                 "punktfunk: if %s does not admit everybody, somebody has to let this machine in "
                 "there: punktfunk-host approve %s\n",
                 target->name.c_str(), stream.device_name.c_str());
  }
  const Met met = go(stream);
  if (met.exit_code == kExitWrongFingerprint) {
    std::fprintf(stderr,
                 "punktfunk: WHOEVER ANSWERS AT %s IS NOT %s AS THIS MACHINE KNOWS IT. Nothing was "
                 "sent. If it was\n           installed anew: punktfunk forget %s, then pair with "
                 "it again. If not, somebody pretends to be it.\n",
                 stream.host.c_str(), target->name.c_str(), options.stream.host.c_str());
  }
  // A host that let us in has been who it is, whatever happened afterwards.
  if (met.fingerprint.empty()) return met.exit_code;
  const int remembered = remember(*known, *target, met.fingerprint);
  return met.exit_code == kExitDone ? remembered : met.exit_code;
}

}  // namespace

int run_connect(const ConnectOptions& options) {
  return meet(options, [](const probe::Options& stream) {
    const probe::Outcome outcome = probe::run_probe(stream);
    return Met{probe::show_outcome("punktfunk", stream, outcome), outcome.report.fingerprint};
  });
}

int run_speed_test(const ConnectOptions& options, bool json) {
  return meet(options, [json](const probe::Options& stream) {
    const probe::SpeedOutcome outcome = probe::run_speed_test(stream);
    return Met{probe::show_speed("punktfunk", stream, outcome, json), outcome.report.fingerprint};
  });
}

}  // namespace pf::client_app
