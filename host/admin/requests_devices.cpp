#include "host/admin/request_tables.h"

#include <array>

#include "host/admin/device_words.h"

namespace pf::admin {
namespace {

constexpr Argument kWhichDevice{"device", ArgumentType::text, true,
                                "its name, or the beginning of its fingerprint"};

constexpr std::array kDeviceArguments{kWhichDevice};
constexpr std::array kAccessArguments{kWhichDevice, kGrants, kExpiry};
constexpr std::array kRenameArguments{
    kWhichDevice, Argument{"name", ArgumentType::text, true, "what to call it from now on"}};
constexpr std::array kSoundArguments{
    kWhichDevice, Argument{"play_on", ArgumentType::text, true,
                           "client, both, host, or default: as the setting audio.play_on says"}};

Result<Json> devices(Administration& host, const Json&) {
  return Json{{"devices", list_of(host.devices(), [&](const auto& one) {
                 return device_json(one, host.now().wall);
               })}};
}

Result<Json> set_access(Administration& host, const Json& arguments) {
  PF_TRY(const auto change, access_change(host, arguments));
  PF_TRY(const trust::Device device, host.set_access(text(arguments, "device"), change));
  return device_json(device, host.now().wall);
}

Result<Json> set_sound(Administration& host, const Json& arguments) {
  const std::string name = text(arguments, "play_on");
  const auto play_on = trust::parse_play_on(name);
  if (!play_on && name != "default")
    return fail(ErrorKind::malformed, "play_on must be client, both, host or default");
  PF_TRY(const trust::Device device, host.set_play_on(text(arguments, "device"), play_on));
  return device_json(device, host.now().wall);
}

Result<Json> rename(Administration& host, const Json& arguments) {
  PF_TRY(const trust::Device device,
         host.rename(text(arguments, "device"), text(arguments, "name")));
  return device_json(device, host.now().wall);
}

Result<Json> unpair(Administration& host, const Json& arguments) {
  PF_TRY(const trust::Device device, host.unpair(text(arguments, "device")));
  return device_json(device, host.now().wall);
}

}  // namespace

std::span<const Request> device_requests() {
  static const std::array rows{
      Request{"devices", "The paired devices.", {}, devices},
      Request{"set-access", "Changes what a paired device may do, and for how long.",
              kAccessArguments, set_access},
      Request{"set-sound", "Says where a paired device's sound is heard, from its next session on.",
              kSoundArguments, set_sound},
      Request{"rename", "Calls a paired device something else.", kRenameArguments, rename},
      Request{"unpair", "Forgets a device, and ends its session.", kDeviceArguments, unpair},
  };
  return rows;
}

}  // namespace pf::admin
