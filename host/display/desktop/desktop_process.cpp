#include "host/display/desktop/desktop_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstring>
#include <memory>

extern char** environ;

namespace pf::display::desktop {
namespace {

// How long a desktop may take to end its command and itself before it is killed.
constexpr Nanos kEndPatience = seconds(1);
// A desktop that was killed by force is reaped at once; this only bounds a stuck kernel.
constexpr Nanos kKillPatience = seconds(5);

template <class Message>
Result<DesktopNews> copy_exactly(const void* packet, std::size_t size_bytes) {
  Message message;
  if (size_bytes != sizeof message)
    return fail(ErrorKind::malformed, "punktfunk-desktop sent a message of {} bytes instead of {}",
                size_bytes, sizeof message);
  std::memcpy(&message, packet, sizeof message);
  return DesktopNews(message);
}

std::string status_sentence(int wait_status) {
  if (WIFEXITED(wait_status)) return fmt::format("ended with status {}", WEXITSTATUS(wait_status));
  return fmt::format("was ended by signal {}", WTERMSIG(wait_status));
}

// Everything posix_spawn() needs, and its clean-up.
class SpawnPlan {
 public:
  explicit SpawnPlan(int control_fd) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    // Onto itself: that takes close-on-exec off in the new process only.
    posix_spawn_file_actions_adddup2(&actions_, control_fd, control_fd);
    posix_spawnattr_init(&attributes_);
    // A group of its own, so that it can be killed as a whole and a terminal's Ctrl-C reaches only
    // us; and no signal settings of ours.
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes_, 0);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  Result<pid_t> run(const std::string& program, const std::vector<std::string>& words) const {
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    pid_t pid = 0;
    const int error =
        posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv.data(), environ);
    if (error != 0) return fail_os(ErrorKind::unavailable, error, "cannot start " + program);
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

bool readable_within(int fd, Nanos patience) noexcept {
  pollfd wait{fd, POLLIN, 0};
  const auto ns = std::max(patience, Nanos::zero()).count();
  const timespec limit{static_cast<time_t>(ns / 1'000'000'000),
                       static_cast<long>(ns % 1'000'000'000)};
  return ppoll(&wait, 1, &limit, nullptr) > 0;
}

}  // namespace

Result<DesktopNews> parse_desktop_news(const void* packet, std::size_t size_bytes) {
  std::uint32_t kind = 0;
  if (size_bytes < sizeof kind)
    return fail(ErrorKind::malformed, "punktfunk-desktop sent a message of {} bytes", size_bytes);
  std::memcpy(&kind, packet, sizeof kind);
  switch (kind) {
    case PF_DESKTOP_READY: {
      PF_TRY(DesktopNews news, copy_exactly<pf_desktop_ready>(packet, size_bytes));
      const auto& ready = std::get<pf_desktop_ready>(news);
      if (std::memchr(ready.wayland_socket, 0, sizeof ready.wayland_socket) == nullptr)
        return fail(ErrorKind::malformed, "punktfunk-desktop sent a socket path without end");
      return news;
    }
    case PF_DESKTOP_OUTPUT_READY:
      return copy_exactly<pf_desktop_mode>(packet, size_bytes);
    case PF_DESKTOP_OUTPUT_FAILED:
      return copy_exactly<pf_desktop_output>(packet, size_bytes);
    case PF_DESKTOP_COMMAND_ENDED:
      return copy_exactly<pf_desktop_command_ended>(packet, size_bytes);
    default:
      return fail(ErrorKind::malformed, "punktfunk-desktop sent a message of unknown kind {}",
                  kind);
  }
}

Result<std::unique_ptr<DesktopProcess>> DesktopProcess::start(
    const std::string& program, const std::vector<std::string>& arguments,
    const std::vector<std::string>& command) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    return fail_os(ErrorKind::exhausted, errno, "cannot make a socket for punktfunk-desktop");
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  std::vector<std::string> words{"punktfunk-desktop", "--control-fd", std::to_string(theirs.get())};
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (!command.empty()) words.emplace_back("--");
  words.insert(words.end(), command.begin(), command.end());
  PF_TRY(const pid_t pid, SpawnPlan(theirs.get()).run(program, words));
  return std::unique_ptr<DesktopProcess>(new DesktopProcess(pid, std::move(ours)));
}

DesktopProcess::~DesktopProcess() {
  control_.reset();
  if (reap(kEndPatience)) return;
  kill(-pid_, SIGKILL);
  reap(kKillPatience);
}

bool DesktopProcess::reap(Nanos patience) noexcept {
  if (wait_status_) return true;
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  if (process) readable_within(process.get(), patience);
  int status = 0;
  if (waitpid(pid_, &status, process ? WNOHANG : 0) != pid_) return false;
  wait_status_ = status;
  return true;
}

Failure DesktopProcess::gone() {
  // Its socket closes a moment before it can be reaped.
  if (reap(milliseconds(200)))
    return fail(ErrorKind::lost, "punktfunk-desktop {}", status_sentence(*wait_status_));
  return fail(ErrorKind::lost, "punktfunk-desktop closed its socket");
}

Result<void> DesktopProcess::tell(const void* message, std::size_t size_bytes, int passed) {
  iovec part{const_cast<void*>(message), size_bytes};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (passed >= 0) {
    header.msg_control = space;
    header.msg_controllen = sizeof space;
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(rights), &passed, sizeof passed);
  }
  if (sendmsg(control_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return {};
  if (errno == EPIPE || errno == ECONNRESET) return gone();
  return fail_os(ErrorKind::lost, errno, "cannot reach punktfunk-desktop");
}

Result<std::optional<DesktopNews>> DesktopProcess::hear(Nanos patience) {
  if (!readable_within(control_.get(), patience)) return std::nullopt;
  alignas(8) char packet[sizeof(pf_desktop_ready) + 1];
  const ssize_t got = recv(control_.get(), packet, sizeof packet, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  if (got <= 0) return gone();
  PF_TRY(DesktopNews news, parse_desktop_news(packet, static_cast<std::size_t>(got)));
  return news;
}

}  // namespace pf::display::desktop
