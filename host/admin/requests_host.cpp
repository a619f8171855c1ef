#include "host/admin/request_tables.h"

#include <array>
#include <cmath>

#include "core/base/hex.h"
#include "host/admin/arguments.h"

namespace pf::admin {
namespace {

const char* name_of(Health health) {
  switch (health) {
    case Health::working:
      return "working";
    case Health::healing:
      return "healing";
    case Health::stuck:
      return "stuck";
    case Health::given_up:
      return "given_up";
  }
  return "working";
}

Json to_json(const HealthRow& row, LocalTime now) {
  return {{"worker", row.worker},
          {"health", name_of(row.health)},
          {"for_s", whole_seconds(now - row.since)},
          {"reason", row.reason},
          {"doing", doing(row, now)},
          {"reopened", row.reopened}};
}

// One digit behind the point is more than a level is exact.
double tenths(double value) { return std::round(10 * value) / 10; }

Json to_json(const std::optional<pipeline::MicStatus>& microphone) {
  if (!microphone) return {};
  return {{"open", microphone->open},
          {"recorded", microphone->recorded},
          {"muted", microphone->muted},
          {"session", microphone->session ? Json(*microphone->session) : Json()},
          {"level_dbfs", tenths(microphone->level_dbfs)},
          {"packets", microphone->packets},
          {"concealed", microphone->concealed},
          {"garbage", microphone->garbage},
          {"dropped", microphone->dropped},
          {"heard_samples", microphone->heard_samples},
          {"unheard_samples", microphone->unheard_samples}};
}

// What it can do for clients and operators as it is set up now.
Json capabilities(const Administration& host, const HostStatus& status) {
  const auto settings = host.settings().now();
  return {{"native", true},
          {"moonlight", !status.facts.gamestream.empty()},
          {"sound", settings->in_force.audio.play_on != "host"},
          {"microphone", status.microphone.has_value()},
          {"sessions_most", settings->in_force.session.max_clients},
          {"recordings", host.controls().recorder != nullptr},
          {"metrics", settings->in_force.management.metrics}};
}

Result<Json> status(Administration& host, const Json&) {
  const HostStatus status = host.status();
  return Json{
      {"version", status.facts.version},
      {"name", status.facts.name},
      {"id", status.facts.id},
      {"address", status.facts.address},
      {"fingerprint", to_hex(status.facts.fingerprint)},
      {"open", status.facts.open},
      {"gamestream", status.facts.gamestream.empty() ? Json() : Json(status.facts.gamestream)},
      {"capabilities", capabilities(host, status)},
      {"uptime_s", whole_seconds(status.uptime)},
      {"sessions", status.sessions},
      {"devices", status.devices},
      {"knocks", status.knocks},
      {"pins", status.pins},
      {"pairing_armed", status.pairing_armed},
      {"microphone", to_json(status.microphone)},
      {"health",
       list_of(status.health, [&](const auto& one) { return to_json(one, host.now().local); })}};
}

}  // namespace

std::span<const Request> host_requests() {
  static const std::array rows{
      Request{"status", "What the host is, and how its parts are.", {}, status},
  };
  return rows;
}

}  // namespace pf::admin
