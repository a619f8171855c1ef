#include "host/doctor/port_holder.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>

namespace pf::doctor {
namespace {

namespace fs = std::filesystem;

template <class Number>
std::optional<Number> parse_number(std::string_view text, int base) {
  Number value{};
  const auto end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, base);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

// kTcpListen and, for UDP, TCP_CLOSE: include/net/tcp_states.h.
constexpr unsigned kTcpListen = 0x0A, kTcpClose = 0x07;

std::optional<SocketLine> find_socket(Transport transport, std::uint16_t port) {
  const char* const name = transport == Transport::udp ? "udp" : "tcp";
  for (const char* const family : {"", "6"}) {
    std::ifstream table(fmt::format("/proc/net/{}{}", name, family));
    for (std::string line; std::getline(table, line);) {
      const auto socket = parse_socket_line(line);
      if (socket && socket->port == port && socket->listens) return socket;
    }
  }
  return std::nullopt;
}

bool holds(const fs::path& process, const std::string& link) {
  std::error_code error;
  for (fs::directory_iterator at(process / "fd", error), end; !error && at != end;
       at.increment(error)) {
    std::error_code ignored;
    if (fs::read_symlink(at->path(), ignored) == link) return true;
  }
  return false;
}

// Of all processes whose files we may see.
pid_t find_process(std::uint64_t inode) {
  const std::string link = fmt::format("socket:[{}]", inode);
  std::error_code error;
  for (fs::directory_iterator at("/proc", error), end; !error && at != end; at.increment(error)) {
    const auto pid = parse_number<pid_t>(at->path().filename().string(), 10);
    if (pid && holds(at->path(), link)) return *pid;
  }
  return 0;
}

std::string user_name(uid_t uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> space{};
  getpwuid_r(uid, &entry, space.data(), space.size(), &found);
  return found == nullptr ? fmt::format("{}", uid) : std::string(entry.pw_name);
}

}  // namespace

std::optional<SocketLine> parse_socket_line(std::string_view line) {
  // sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …
  std::vector<std::string_view> words;
  while (words.size() < 10) {
    const std::size_t begin = line.find_first_not_of(' ');
    if (begin == std::string_view::npos) return std::nullopt;
    line.remove_prefix(begin);
    const std::size_t end = line.find(' ');
    words.push_back(line.substr(0, end));
    line.remove_prefix(end == std::string_view::npos ? line.size() : end);
  }
  const std::size_t colon = words[1].rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = parse_number<std::uint16_t>(words[1].substr(colon + 1), 16);
  const auto state = parse_number<unsigned>(words[3], 16);
  const auto uid = parse_number<uid_t>(words[7], 10);
  const auto inode = parse_number<std::uint64_t>(words[9], 10);
  if (!port || !state || !uid || !inode) return std::nullopt;
  return SocketLine{.port = *port,
                    .listens = *state == kTcpListen || *state == kTcpClose,
                    .uid = *uid,
                    .inode = *inode};
}

std::optional<PortHolder> find_port_holder(Transport transport, std::uint16_t port) {
  const auto socket = find_socket(transport, port);
  if (!socket) return std::nullopt;
  PortHolder holder{.uid = socket->uid, .pid = find_process(socket->inode), .program = {}};
  if (holder.pid != 0) {
    std::ifstream name(fmt::format("/proc/{}/comm", holder.pid));
    std::getline(name, holder.program);
  }
  return holder;
}

std::string PortHolder::to_string() const {
  if (pid != 0) return fmt::format("{} (process {})", program, pid);
  return fmt::format("a program of the user {}", user_name(uid));
}

}  // namespace pf::doctor
