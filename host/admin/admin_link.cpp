#include "host/admin/admin_link.h"

#include <sys/socket.h>

#include <array>
#include <cerrno>

#include <nlohmann/json.hpp>

#include "host/admin/unix_address.h"

namespace pf::admin {
namespace {

using Json = nlohmann::ordered_json;

// A list of all devices that a host can know is a tenth of that.
// The longest is a whole recording.
constexpr std::size_t kMaxAnswerBytes = 32 << 20;
// The host answers at once but for its disk; without this a stuck one would hold us for ever.
constexpr timeval kPatience{.tv_sec = 20, .tv_usec = 0};

}  // namespace

Result<AdminLink> AdminLink::open(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    PF_TRY(const sockaddr_un address, unix_address(path));
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return fail_os(ErrorKind::lost, errno, "cannot make a socket");
    setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
      return AdminLink(std::move(fd));
    if (errno == EACCES) {
      return fail(ErrorKind::refused,
                  "the host that listens at {} is another user's: ask as that user, or as root",
                  path);
    }
  }
  return fail(ErrorKind::unavailable, "no punktfunk-host of this user is running");
}

Result<tl::expected<Json, AdminLink::Refusal>> AdminLink::ask(const std::string& op,
                                                              const Json& arguments) {
  std::string question =
      Json{{"op", op}, {"args", arguments}}.dump(-1, ' ', false, Json::error_handler_t::replace) +
      "\n";
  while (!question.empty()) {
    const ssize_t count = send(fd_.get(), question.data(), question.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;  // it may have said why before it hung up
    question.erase(0, static_cast<std::size_t>(count));
  }
  PF_TRY(const std::string line, read_line());
  Json answer = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (answer.is_object() && answer.contains("ok"))
    return tl::expected<Json, Refusal>(std::move(answer["ok"]));
  if (!answer.is_object() || !answer.contains("error") || !answer["error"].is_object())
    return fail(ErrorKind::malformed, "the host's answer makes no sense: is it of this version?");
  const Json& error = answer["error"];
  return tl::expected<Json, Refusal>(tl::unexpected(
      Refusal{error.value("code", std::string()), error.value("sentence", std::string())}));
}

Result<std::string> AdminLink::read_line() {
  for (;;) {
    if (const std::size_t end = rest_.find('\n'); end != std::string::npos) {
      std::string line = rest_.substr(0, end);
      rest_.erase(0, end + 1);
      return line;
    }
    std::array<char, 16384> chunk;
    const ssize_t count = recv(fd_.get(), chunk.data(), chunk.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(ErrorKind::lost, "the host went away before it had answered");
    rest_.append(chunk.data(), static_cast<std::size_t>(count));
    if (rest_.size() > kMaxAnswerBytes)
      return fail(ErrorKind::malformed, "the host's answer has no end");
  }
}

}  // namespace pf::admin
