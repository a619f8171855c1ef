// The host's ports, who else has them, and whether clients can find it.
#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "core/base/endpoint.h"
#include "core/mdns/way.h"
#include "core/runtime/unique_fd.h"
#include "host/doctor/patient.h"
#include "host/doctor/port_holder.h"
#include "host/doctor/rungs.h"
#include "host/gamestream/server/nvhttp.h"

namespace pf::doctor {
namespace {

using Json = nlohmann::ordered_json;

// A port that the host will want.
struct Wanted {
  Transport transport;
  std::uint16_t port;
  const char* setting;  // that moves it
};

std::vector<Wanted> ports_of(const config::HostConfig& config) {
  std::vector<Wanted> ports{{Transport::udp, config.network.port, "network.port"},
                            {Transport::udp, config.network.data_port, "network.data_port"}};
  if (config.management.enabled)
    ports.push_back({Transport::tcp, config.management.port, "management.port"});
  if (config.gamestream.enabled) {
    const gamestream::Ports moonlight{.base = config.gamestream.base_port};
    for (const std::uint16_t port : {moonlight.http(), moonlight.https(), moonlight.rtsp()})
      ports.push_back({Transport::tcp, port, "gamestream.base_port"});
    for (const std::uint16_t port : {moonlight.video(), moonlight.control(), moonlight.audio()})
      ports.push_back({Transport::udp, port, "gamestream.base_port"});
  }
  return ports;
}

// 0, or the system's reason.
int try_port(Transport transport, const Endpoint& address) {
  const int type = transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM;
  const UniqueFd socket(::socket(address.is_ipv6() ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  const int yes = 1;  // of TCP: connections that have just ended are no reason
  if (transport == Transport::tcp)
    setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(socket.get(), address.data(), address.size_bytes()) != 0) return errno;
  if (transport == Transport::tcp && listen(socket.get(), 1) != 0) return errno;
  return 0;
}

// The doctor is asked by a host through a program of the same name; either is one of us.
bool is_ours(const PortHolder& holder) { return holder.program.rfind("punktfunk-host", 0) == 0; }

Finding taken(const Wanted& wanted, bool a_host_runs) {
  const auto holder = find_port_holder(wanted.transport, wanted.port);
  const char* const name = wanted.transport == Transport::udp ? "UDP" : "TCP";
  if (holder && is_ours(*holder) && a_host_runs) return ok("");
  const std::string who = holder ? holder->to_string() : "another program";
  const std::string end =
      holder && holder->pid != 0 ? fmt::format("kill {}", holder->pid) : "end that program";
  return failed(
      fmt::format("{} has {} port {} ({})", who, name, wanted.port, wanted.setting),
      fmt::format("{}; or another port: --set {}={}", end, wanted.setting, wanted.port + 100));
}

Finding look_at_port(const Wanted& wanted, const Endpoint& address, bool a_host_runs) {
  const int reason = try_port(wanted.transport, address);
  if (reason == EADDRINUSE) return taken(wanted, a_host_runs);
  if (reason == EADDRNOTAVAIL) {
    return failed(fmt::format("no interface of this machine has the address {} "
                              "(network.bind_address)",
                              address.to_string()),
                  "--set network.bind_address=0.0.0.0; the machine's addresses: ip -brief address");
  }
  if (reason == EACCES) {
    return failed(
        fmt::format("port {} is not for ordinary users ({})", wanted.port, wanted.setting),
        fmt::format("--set {}={}", wanted.setting, wanted.port + 10'000));
  }
  if (reason != 0)
    return failed(fmt::format("{}: {}", address.to_string(), std::strerror(reason)), "ip address");
  return ok("");
}

}  // namespace

Finding look_at_running_host(Patient& patient) {
  const auto& status = patient.running_host();
  if (!status) return warning(status.error().what, "");
  if (!*status) return skipped("none runs");
  const Json& host = **status;
  std::string healing;
  for (const Json& row : host.value("health", Json::array())) {
    const std::string health = row.value("health", "working");
    if (health == "working") continue;
    const std::string sentence = fmt::format("{} {}: {}", row.value("worker", ""),
                                             health == "given_up" ? "has given up" : "is " + health,
                                             row.value("reason", ""));
    if (health != "healing") return failed("of the host that runs, " + sentence, "");
    healing = sentence;
  }
  if (!healing.empty()) return warning("of the host that runs, " + healing, "");
  return ok(fmt::format("{} runs, {} sessions", host.value("address", ""),
                        host.value("sessions", Json(0)).dump()));
}

Finding look_at_ports(Patient& patient) {
  const auto& config = patient.config();
  if (!config) return skipped("the configuration is not understood");
  const bool v6 = config->network.bind_address.find(':') != std::string::npos;
  const auto any = Endpoint::parse(v6 ? "[" + config->network.bind_address + "]:0"
                                      : config->network.bind_address + ":0");
  if (!any) {
    return failed(fmt::format("\"{}\" is no numeric address (network.bind_address)",
                              config->network.bind_address),
                  "--set network.bind_address=0.0.0.0");
  }
  const bool a_host_runs = patient.running_host() && patient.running_host()->has_value();
  std::string names;
  for (const Wanted& wanted : ports_of(*config)) {
    if (wanted.port == 0) continue;
    Finding found = look_at_port(wanted, any->with_port(wanted.port), a_host_runs);
    if (found.state != State::ok) return found;
    names += fmt::format("{}{} {}", names.empty() ? "" : ", ",
                         wanted.transport == Transport::udp ? "UDP" : "TCP", wanted.port);
  }
  return ok(names.empty() ? "the system chooses"
                          : names + (a_host_runs ? " (of the host that runs)" : ""));
}

Finding look_at_foreign_hosts(Patient& patient) {
  const auto& config = patient.config();
  if (!config) return skipped("the configuration is not understood");
  const gamestream::Ports moonlight{.base = config->gamestream.base_port};
  for (const std::uint16_t port : {moonlight.http(), moonlight.https(), moonlight.rtsp()}) {
    const auto holder = find_port_holder(Transport::tcp, port);
    if (!holder || is_ours(*holder)) continue;
    return warning(fmt::format("{} serves Moonlight clients on port {}", holder->to_string(), port),
                   "end it before serve --gamestream, or choose other ports: --set "
                   "gamestream.base_port=48989");
  }
  return ok("none");
}

Finding look_at_mdns(Patient& patient) {
  const auto& config = patient.config();
  if (!config) return skipped("the configuration is not understood");
  if (!config->network.mdns) return skipped("network.mdns is false");
  const auto way = mdns::find_way();
  if (!way) return warning(way.error().what + ": clients need the host's address", "");
  return ok("announced by " + *way);
}

}  // namespace pf::doctor
