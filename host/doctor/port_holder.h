// Who has a port, as far as the system tells: the owner's user always, the program where we may
// look into its process (our own user's, or as root).
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace pf::doctor {

enum class Transport : std::uint8_t { udp, tcp };

struct PortHolder {
  uid_t uid = 0;
  pid_t pid = 0;        // 0: not for us to know
  std::string program;  // empty likewise
  // "sunshine (process 4711)", "a program of the user alice".
  std::string to_string() const;
};

// Empty: nobody, or it has just gone. Reads /proc.
std::optional<PortHolder> find_port_holder(Transport transport, std::uint16_t port);

// One line of /proc/net/udp or tcp (Documentation/networking/proc_net_tcp.rst of the kernel).
struct SocketLine {
  std::uint16_t port = 0;
  bool listens = false;  // of TCP; a UDP socket without a peer is listening, too
  uid_t uid = 0;
  std::uint64_t inode = 0;
};
// Empty: the heading, or nothing of this kind.
std::optional<SocketLine> parse_socket_line(std::string_view line);

}  // namespace pf::doctor
