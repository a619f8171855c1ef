#include "host/apps/command.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "core/runtime/unique_fd.h"

extern char** environ;

namespace pf::apps {
namespace {

// Shown in logs and status; nobody reads more.
constexpr std::size_t kMaxLineBytes = 160;
// A killed process is reaped at once; this only bounds a stuck kernel.
constexpr Nanos kKillPatience = seconds(5);
constexpr std::string_view kLoginPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games";
constexpr std::string_view kDefaultPath = "/bin:/usr/bin";
// What of our environment another user may see, as in desktop/identity.c.
constexpr std::array kKept{"LANG", "LC_ALL", "TZ", "PIPEWIRE_RUNTIME_DIR", "PULSE_SERVER"};

// Whom the command runs as, looked up before the fork: afterwards nothing may be.
struct User {
  uid_t uid;
  gid_t gid;
  std::vector<gid_t> groups;
  std::string name, home, shell;
};

Result<User> find_user(const std::string& name) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> space{};
  getpwnam_r(name.c_str(), &entry, space.data(), space.size(), &found);
  if (found == nullptr) return fail(ErrorKind::refused, "there is no user '{}'", name);
  User user{.uid = entry.pw_uid,
            .gid = entry.pw_gid,
            .groups = std::vector<gid_t>(64),
            .name = entry.pw_name,
            .home = entry.pw_dir,
            .shell = entry.pw_shell};
  int count = static_cast<int>(user.groups.size());
  if (getgrouplist(user.name.c_str(), user.gid, user.groups.data(), &count) < 0) {
    user.groups.resize(static_cast<std::size_t>(count));
    getgrouplist(user.name.c_str(), user.gid, user.groups.data(), &count);
  }
  user.groups.resize(static_cast<std::size_t>(count));
  return user;
}

// None: whoever we are.
Result<std::optional<User>> user_of(const Command& command) {
  if (command.run_as.empty()) return std::nullopt;
  PF_TRY(User user, find_user(command.run_as));
  if (geteuid() == user.uid) return std::nullopt;
  if (geteuid() != 0)
    return fail(ErrorKind::refused, "only root can run a command as another user ('{}')",
                command.run_as);
  return user;
}

std::vector<std::string> environment_of(const User& user) {
  std::vector<std::string> all{"PATH=" + std::string(kLoginPath), "HOME=" + user.home,
                               "USER=" + user.name, "LOGNAME=" + user.name, "SHELL=" + user.shell};
  for (const char* name : kKept) {
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
  }
  return all;
}

bool is_program(const std::string& path) {
  struct stat info {};
  return stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && (info.st_mode & 0111) != 0;
}

Result<std::string> find_program(const std::string& name, std::string_view folders) {
  if (name.find('/') != std::string::npos) {
    if (is_program(name)) return name;
  } else {
    for (std::size_t begin = 0; begin <= folders.size();) {
      const std::size_t end = std::min(folders.find(':', begin), folders.size());
      const std::string folder(folders.substr(begin, end - begin));
      std::string path = (folder.empty() ? "." : folder) + "/" + name;
      if (is_program(path)) return path;
      begin = end + 1;
    }
  }
  return fail(ErrorKind::refused, "there is no program '{}'", name);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Everything that the new process needs, made before the fork: other threads may hold any lock
// then.
struct Start {
  std::string program, folder;
  std::vector<char*> words, environment;
  const User* user;  // null: whoever we are

  // In the new process: async-signal-safe calls only.
  [[noreturn]] void become() const noexcept {
    setsid();
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    for (const int ignored : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) signal(ignored, SIG_DFL);
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);  // ours says when the host is ready
    if (user != nullptr && (setgroups(user->groups.size(), user->groups.data()) != 0 ||
                            setgid(user->gid) != 0 || setuid(user->uid) != 0))
      _exit(126);
    // It would go on alone if the host were killed, while the next one puts back what it does.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!folder.empty() && chdir(folder.c_str()) != 0) _exit(125);
    execve(program.c_str(), words.data(), environment.data());
    _exit(127);
  }
};

bool readable_within(int fd, Nanos patience) noexcept {
  pollfd wait{fd, POLLIN, 0};
  const auto ns = std::max<Nanos>(patience, Nanos(0)).count();
  const timespec limit{static_cast<time_t>(ns / 1'000'000'000),
                       static_cast<long>(ns % 1'000'000'000)};
  return ppoll(&wait, 1, &limit, nullptr) > 0;
}

Result<void> judge(const Command& command, int status) {
  if (WIFSIGNALED(status))
    return fail(ErrorKind::refused, "the command '{}' was ended by signal {}", line_of(command),
                WTERMSIG(status));
  switch (WEXITSTATUS(status)) {
    case 0:
      return {};
    case 125:
      return fail(ErrorKind::refused, "the command '{}' cannot start in the folder {}",
                  line_of(command), command.folder);
    default:
      return fail(ErrorKind::refused, "the command '{}' ended with status {}", line_of(command),
                  WEXITSTATUS(status));
  }
}

Result<void> wait_for(const Command& command, pid_t pid, Nanos patience) {
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  const bool ended = process && readable_within(process.get(), patience);
  // What it left behind too. Its number is its own until it has been reaped.
  kill(-pid, SIGKILL);
  if (process && !ended) readable_within(process.get(), kKillPatience);
  int status = 0;
  if (waitpid(pid, &status, process ? WNOHANG : 0) != pid)
    return fail(ErrorKind::timed_out, "the command '{}' cannot be killed", line_of(command));
  if (ended) return judge(command, status);
  return fail(ErrorKind::timed_out, "the command '{}' did not end within {:.1f} s",
              line_of(command), std::chrono::duration<double>(patience).count());
}

}  // namespace

std::string line_of(const Command& command) {
  std::string line;
  for (const std::string& word : command.words) line += (line.empty() ? "" : " ") + word;
  if (line.size() <= kMaxLineBytes) return line;
  return line.substr(0, kMaxLineBytes) + "…";
}

Result<void> run_to_end(const Command& command, Nanos patience) {
  if (command.words.empty()) return fail(ErrorKind::refused, "an empty command");
  PF_TRY(const std::optional<User> user, user_of(command));
  const char* own_path = std::getenv("PATH");
  const std::string_view path = user ? kLoginPath : own_path != nullptr ? own_path : kDefaultPath;
  PF_TRY(std::string program, find_program(command.words.front(), path));
  std::vector<std::string> words = command.words;
  std::vector<std::string> environment;
  if (user) environment = environment_of(*user);
  Start start{.program = std::move(program),
              .folder = command.folder.empty() && user ? user->home : command.folder,
              .words = pointers(words),
              .environment = pointers(environment),
              .user = user ? &*user : nullptr};
  if (!user) {
    start.environment.clear();
    for (char** each = environ; *each != nullptr; ++each) start.environment.push_back(*each);
    start.environment.push_back(nullptr);
  }
  const pid_t pid = fork();
  if (pid == 0) start.become();
  if (pid < 0)
    return fail_os(ErrorKind::exhausted, errno,
                   fmt::format("cannot start the command '{}'", line_of(command)));
  return wait_for(command, pid, patience);
}

}  // namespace pf::apps
