// Paired devices in requests: what they may do as arguments, and how an answer shows one. Private
// to the room.
#pragma once

#include "host/admin/administration.h"
#include "host/admin/arguments.h"
#include "host/admin/requests.h"

namespace pf::admin {

inline constexpr Argument kGrants{"grants", ArgumentType::texts, false,
                                  "what the device may do; all when not given"};
inline constexpr Argument kExpiry{"expires_in_s", ArgumentType::whole_number, false,
                                  "seconds until its access ends; 0: never"};

// Those two, as given. An expiry of 0 seconds: never.
Result<Administration::AccessChange> access_change(const Administration& administration,
                                                   const Json& arguments);
// What is not given is as for a new device: everything, for ever.
Result<trust::Access> access(const Administration& administration, const Json& arguments);

Json device_json(const trust::Device& device, WireTime now);

}  // namespace pf::admin
