#include "host/trust/device.h"

#include <algorithm>
#include <utility>

#include "core/message/handshake.h"
#include "core/message/text.h"
#include "core/runtime/system_clock.h"

namespace pf::trust {
namespace {

using message::Grant;

constexpr std::array<std::pair<Grant, std::string_view>, 6> kGrantNames{{
    {Grant::gamepad, "gamepad"},
    {Grant::pointer, "pointer"},
    {Grant::keyboard, "keyboard"},
    {Grant::clipboard, "clipboard"},
    {Grant::microphone, "microphone"},
    {Grant::launch, "launch"},
}};

}  // namespace

Moment moment_now(const Clock& clock) noexcept {
  const LocalTime local = clock.now();
  return {.local = local, .wall = WireTime(local.since_epoch() + wire_offset_now())};
}

std::string device_name(std::string_view untrusted) {
  std::string name = message::printable(untrusted, message::kMaxDeviceNameBytes);
  name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
  return name.empty() ? "unnamed device" : name;
}

std::string_view kind_name(DeviceKind kind) noexcept {
  return kind == DeviceKind::moonlight ? "moonlight" : "native";
}

std::optional<DeviceKind> parse_kind(std::string_view name) {
  for (const DeviceKind kind : {DeviceKind::native, DeviceKind::moonlight}) {
    if (kind_name(kind) == name) return kind;
  }
  return std::nullopt;
}

std::string_view play_on_name(PlayOn play_on) noexcept {
  constexpr std::array<std::string_view, 3> kNames{"client", "both", "host"};
  return kNames[static_cast<std::size_t>(play_on)];
}

std::optional<PlayOn> parse_play_on(std::string_view name) {
  for (const PlayOn play_on : {PlayOn::client, PlayOn::both, PlayOn::host}) {
    if (play_on_name(play_on) == name) return play_on;
  }
  return std::nullopt;
}

std::vector<std::string> grant_names(Grants grants) {
  std::vector<std::string> names;
  for (const auto& row : kGrantNames) {
    if (grants.allows(row.first)) names.emplace_back(row.second);
  }
  return names;
}

std::optional<message::Grant> parse_grant(std::string_view name) {
  for (const auto& row : kGrantNames) {
    if (row.second == name) return row.first;
  }
  return std::nullopt;
}

}  // namespace pf::trust
