// Making and ending sessions: the part of the C interface that turns arguments into objects.
#include <algorithm>
#include <cstring>
#include <limits>
#include <string_view>
#include <utility>

#include "core/abi/caller_link.h"
#include "core/abi/log.h"
#include "core/abi/session.h"
#include "core/abi/system.h"
#include "core/endpoint/loopback_link.h"
#include "core/endpoint/udp_link.h"
#include "core/runtime/log.h"

namespace pf::abi {
namespace {

enum class Role : std::uint8_t { host = 0, client = 1 };

// A config as the rest of the library knows it.
struct Wanted {
  Role role = Role::host;
  std::uint32_t drop_period = 0;
  endpoint::MediaConfig media;
};

constexpr std::size_t kMaxAddressBytes = 64;  // "[…]:65535" with a scope; longer texts are none

PunktfunkStatus status_of(const Error& error) noexcept {
  switch (error.kind) {
    case ErrorKind::malformed:
      return PUNKTFUNK_STATUS_INVALID_ARG;
    case ErrorKind::unavailable:
      return error.os_code == 0 ? PUNKTFUNK_STATUS_UNSUPPORTED : PUNKTFUNK_STATUS_IO;
    case ErrorKind::timed_out:
      return PUNKTFUNK_STATUS_TIMEOUT;
    case ErrorKind::lost:
      return PUNKTFUNK_STATUS_CLOSED;
    case ErrorKind::refused:
    case ErrorKind::exhausted:
      return PUNKTFUNK_STATUS_IO;
    case ErrorKind::internal:
      return PUNKTFUNK_STATUS_PANIC;
  }
  return PUNKTFUNK_STATUS_PANIC;
}

PunktfunkStatus refuse(const Error& error) {
  log::error("session", "{}", error.what);
  return status_of(error);
}

// A number of the C interface in the type that the library has for it; too large stays too large.
std::uint16_t narrow(std::uint32_t value) noexcept {
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(value, 65535));
}

Result<Wanted> translate(const PunktfunkConfig& given) {
  if (given.struct_size != sizeof(PunktfunkConfig)) {
    return fail(
        ErrorKind::malformed,
        "a PunktfunkConfig of {} bytes, this library's has {}: recompile against its header",
        given.struct_size, sizeof(PunktfunkConfig));
  }
  PunktfunkConfig config;
  std::memcpy(&config, &given, sizeof config);
  if (config.role > 1 || config.fec_scheme > 1 || config.phase < 1 || config.phase > 2) {
    return fail(ErrorKind::malformed, "role {}, phase {}, FEC scheme {}: no such session",
                config.role, config.phase, config.fec_scheme);
  }
  if (config.max_data_per_block > 65535 || config.max_frame_bytes > endpoint::kMaxFrameBytes) {
    return fail(ErrorKind::malformed, "blocks of {} shards, frames of {} bytes: more than can be",
                config.max_data_per_block, config.max_frame_bytes);
  }
  Wanted wanted{.role = Role{static_cast<std::uint8_t>(config.role)},
                .drop_period = config.loopback_drop_period};
  wanted.media.fec = {
      .scheme = message::FecScheme{static_cast<std::uint8_t>(config.fec_scheme)},
      .percent = static_cast<std::uint8_t>(std::min<std::uint32_t>(config.fec_percent, 255)),
      .max_data_per_block = narrow(config.max_data_per_block)};
  wanted.media.shard_bytes = narrow(config.shard_payload);
  wanted.media.encrypted = config.encrypt != 0;
  std::memcpy(wanted.media.key.fill().data(), config.key, sizeof config.key);
  std::memcpy(wanted.media.salt.data(), config.salt, sizeof config.salt);
  wanted.media.max_frame_bytes = static_cast<std::uint32_t>(config.max_frame_bytes);
  wipe(std::as_writable_bytes(std::span(config.key)));
  PF_TRY_VOID(endpoint::check(wanted.media));
  return wanted;
}

Result<PunktfunkSession*> open(const Wanted& wanted, std::unique_ptr<endpoint::MediaLink> link) {
  auto session = std::make_unique<Session>();
  if (wanted.role == Role::host) {
    PF_TRY(session->host, endpoint::HostMedia::open(wanted.media, std::move(link)));
  } else {
    PF_TRY(session->client,
           endpoint::ClientMedia::open(wanted.media, std::move(link), system_clock()));
  }
  if (PunktfunkSession* const handle = hand_out(std::move(session))) return handle;
  return fail(ErrorKind::exhausted, "there are {} sessions already",
              HandleTable<Session>::kMaxObjects);
}

// nullopt: no such address. Reads no further than a text that is one can be long.
std::optional<Endpoint> address(const char* text) {
  return Endpoint::parse(std::string_view(text, strnlen(text, kMaxAddressBytes)));
}

Result<PunktfunkSession*> open_udp(const PunktfunkConfig& config, const char* local,
                                   const char* peer) {
  PF_TRY(const auto wanted, translate(config));
  const auto from = address(local), to = address(peer);
  if (!from || !to) return fail(ErrorKind::malformed, "an address is not of the form 1.2.3.4:9777");
  PF_TRY(auto link, endpoint::UdpLink::open(*from, *to, system_clock()));
  return open(wanted, std::move(link));
}

Result<PunktfunkSession*> open_over(const PunktfunkConfig& config,
                                    const PunktfunkTransport& transport) {
  PF_TRY(const auto wanted, translate(config));
  return open(wanted, std::make_unique<CallerLink>(transport));
}

struct Pair {
  PunktfunkSession* host = nullptr;
  PunktfunkSession* client = nullptr;
};

Result<Pair> open_pair(const PunktfunkConfig& host_config, const PunktfunkConfig& client_config) {
  PF_TRY(const auto host, translate(host_config));
  PF_TRY(const auto client, translate(client_config));
  if (host.role != Role::host || client.role != Role::client)
    return fail(ErrorKind::malformed, "a pair is one host and one client, in this order");
  auto ends = endpoint::LoopbackLink::make(
      {.queue_bytes = 2 * endpoint::worst_frame_wire_bytes(host.media) + (std::size_t{1} << 20),
       .host_drop_period = host.drop_period,
       .client_drop_period = client.drop_period});
  PF_TRY(PunktfunkSession* const opened_host, open(host, std::move(ends.host)));
  const auto opened_client = open(client, std::move(ends.client));
  if (!opened_client) {
    punktfunk_session_free(opened_host);
    return tl::unexpected(opened_client.error());
  }
  return Pair{.host = opened_host, .client = *opened_client};
}

// The last edge of functions that make sessions.
template <class Work>
PunktfunkStatus guarded_opening(Work&& work) noexcept {
  try {
    install_log_sink();
    return work();
  } catch (...) {
    return PUNKTFUNK_STATUS_PANIC;
  }
}

PunktfunkStatus to_c(const Result<PunktfunkSession*>& opened, PunktfunkSession*& out) {
  if (!opened) return refuse(opened.error());
  out = *opened;
  return PUNKTFUNK_STATUS_OK;
}

}  // namespace

HandleTable<Session>& sessions() {
  static HandleTable<Session>& table = *new HandleTable<Session>;
  return table;
}

PunktfunkSession* hand_out(std::unique_ptr<Session> session) {
  return reinterpret_cast<PunktfunkSession*>(sessions().insert(std::move(session)));
}

}  // namespace pf::abi

using namespace pf::abi;

extern "C" PunktfunkSession* punktfunk_session_new(const PunktfunkConfig* cfg, const char* local,
                                                   const char* peer) {
  PunktfunkSession* session = nullptr;
  if (cfg == nullptr || local == nullptr || peer == nullptr) return nullptr;
  guarded_opening([&] { return to_c(open_udp(*cfg, local, peer), session); });
  return session;
}

extern "C" PunktfunkStatus punktfunk_session_new_with_transport(const PunktfunkConfig* cfg,
                                                                const PunktfunkTransport* transport,
                                                                PunktfunkSession** session_out) {
  if (session_out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  *session_out = nullptr;
  if (cfg == nullptr || transport == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  if (transport->struct_size < sizeof(PunktfunkTransport)) return PUNKTFUNK_STATUS_INVALID_ARG;
  if (transport->send == nullptr || transport->receive == nullptr)
    return PUNKTFUNK_STATUS_NULL_POINTER;
  return guarded_opening([&] { return to_c(open_over(*cfg, *transport), *session_out); });
}

extern "C" PunktfunkStatus punktfunk_test_loopback_pair(const PunktfunkConfig* host_cfg,
                                                        const PunktfunkConfig* client_cfg,
                                                        PunktfunkSession** host_out,
                                                        PunktfunkSession** client_out) {
  if (host_out == nullptr || client_out == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  *host_out = *client_out = nullptr;
  if (host_cfg == nullptr || client_cfg == nullptr) return PUNKTFUNK_STATUS_NULL_POINTER;
  return guarded_opening([&]() -> PunktfunkStatus {
    const auto pair = open_pair(*host_cfg, *client_cfg);
    if (!pair) return refuse(pair.error());
    *host_out = pair->host;
    *client_out = pair->client;
    return PUNKTFUNK_STATUS_OK;
  });
}

extern "C" void punktfunk_session_free(PunktfunkSession* s) {
  if (s != nullptr) sessions().close(reinterpret_cast<std::uintptr_t>(s));
}
