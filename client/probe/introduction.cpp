#include "client/probe/introduction.h"

#include <cstdlib>
#include <utility>

#include "client/trust/client_identity.h"
#include "client/trust/known_hosts.h"
#include "core/base/hex.h"
#include "core/endpoint/pair_call.h"
#include "core/runtime/system_clock.h"

namespace pf::probe {
namespace {

using Introduced = tl::expected<Introduction, NotIntroduced>;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

tl::unexpected<NotIntroduced> refuse(int exit_code, std::string sentence) {
  return tl::unexpected(NotIntroduced{exit_code, std::move(sentence)});
}
tl::unexpected<NotIntroduced> refuse(const Error& error) { return refuse(kExitFailed, error.what); }

int exit_code_of(control::PairingEnd end) {
  switch (end) {
    case control::PairingEnd::paired:
      return kExitDone;
    case control::PairingEnd::wrong_pin:
    case control::PairingEnd::rejected:
      return kExitRefused;
    case control::PairingEnd::lost:
      return kExitUnreachable;
    case control::PairingEnd::failed:
      return kExitFailed;
  }
  return kExitFailed;
}

Introduced pair(const Options& options, const Endpoint& address, crypto::Identity identity,
                trust::KnownHosts& hosts, const Clock& clock, Rng& rng) {
  const auto host = endpoint::pair_with_host({.host = address,
                                              .identity = identity,
                                              .pin = crypto::SecretText(options.pin),
                                              .device_name = options.device_name},
                                             clock, rng);
  if (!host) return refuse(exit_code_of(host.error().end), host.error().sentence);
  if (options.fingerprint && *options.fingerprint != *host) {
    return refuse(kExitWrongFingerprint,
                  "the host that knows the PIN has the fingerprint " + to_hex(*host));
  }
  trust::KnownHost known;
  known.fingerprint = *host;
  known.addresses = {options.host};
  known.paired = true;
  known.added_at = WireTime(clock.now().since_epoch() + wire_offset_now());
  if (auto remembered = hosts.remember(known); !remembered) return refuse(remembered.error());
  return Introduction{.identity = std::move(identity), .pin = *host};
}

}  // namespace

Introduced introduce(const Options& options, const Endpoint& address, const Clock& clock,
                     Rng& rng) {
  const auto folder = trust::client_folder(environment("XDG_STATE_HOME"), environment("HOME"));
  if (!folder) return refuse(folder.error());
  auto hosts = trust::KnownHosts::load(*folder + "/hosts.json");
  if (!hosts) return refuse(hosts.error());
  const trust::KnownHost* known = hosts->find(options.host);
  if (options.pin.empty() && options.identity.empty() && known == nullptr) {
    return Introduction{.identity = std::nullopt, .pin = options.fingerprint};
  }
  auto identity = trust::load_or_make_client_identity(
      options.identity.empty() ? *folder + "/identity.pem" : options.identity);
  if (!identity) return refuse(identity.error());
  if (!options.pin.empty()) {
    return pair(options, address, *std::move(identity), *hosts, clock, rng);
  }
  Introduction introduction{.identity = *std::move(identity), .pin = options.fingerprint};
  if (!introduction.pin && known != nullptr) introduction.pin = known->fingerprint;
  return introduction;
}

message::Hello hello_for(const Options& options) {
  message::Hello hello;
  hello.mode = options.mode;
  hello.bitrate_kbps = options.bitrate_kbps;
  hello.device_name = options.device_name;
  if (!options.launch.empty()) hello.launch_id = options.launch;
  hello.codecs = {message::VideoCodec::h264};
  hello.preferred_codecs = {message::VideoCodec::h264};
  hello.capabilities.add(message::Capability::wants_host_timing)
      .add(message::Capability::separates_probe_frames)
      .add(message::Capability::streamed_access_units)
      .add(message::Capability::multi_slice);
  hello.audio_channels = options.sound.channel_count;
  if (options.sound.wanted()) hello.capabilities.add(message::Capability::hears_redundant_audio);
  if (options.sound.lossless) {
    hello.audio = *options.sound.lossless;
    hello.capabilities.add(message::Capability::hears_pcm);
  }
  if (options.panel_hz > 0) hello.capabilities.add(message::Capability::reports_phase);
  if (options.chacha20) hello.capabilities.add(message::Capability::accepts_chacha20);
  return hello;
}

int exit_code_of(endpoint::Ending::Cause cause) {
  switch (cause) {
    case endpoint::Ending::Cause::ours:
      return kExitDone;
    case endpoint::Ending::Cause::host:
      return kExitRefused;
    case endpoint::Ending::Cause::unreachable:
    case endpoint::Ending::Cause::lost:
      return kExitUnreachable;
    case endpoint::Ending::Cause::wrong_fingerprint:
      return kExitWrongFingerprint;
    case endpoint::Ending::Cause::failed:
      return kExitFailed;
  }
  return kExitFailed;
}

}  // namespace pf::probe
