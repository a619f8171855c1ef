// What this machine can say about itself to whoever looks for it on the network.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/endpoint.h"

namespace pf::discovery {

// "linux/debian", "linux/fedora/bazzite": what /etc/os-release says, from the general to the
// particular. `os_release` is that file's text (os-release(5)); "linux" where it says nothing.
std::string os_chain(std::string_view os_release);

// Of the network cards that can be woken: hardware that is up. Empty: none, or none that we may
// see.
std::vector<std::array<std::uint8_t, 6>> wake_macs();

// "aa:bb:cc:dd:ee:ff" of the interface that has this IPv4 address; empty where there is none, as on
// loopback.
std::string mac_of(const Endpoint& address);

// The interface that has this IPv4 address. 0: none has, or the address is that of all interfaces.
unsigned interface_of(const Endpoint& address);

}  // namespace pf::discovery
