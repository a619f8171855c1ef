#include "host/audio/pipewire/child_program.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace pf::audio::pipewire {
namespace {

constexpr Nanos kEndPatience = seconds(1);
// More groups than any user has; Linux's own bound is 65536.
constexpr int kMaxGroups = 1024;
// What the shell says of a program that is not there.
constexpr int kNotFound = 127;

// In the new process, which has one thread and none of our locks: system calls only.
[[noreturn]] void become(const ChildSpec& spec, pid_t parent, char* const* argv,
                         char* const* environment) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  signal(SIGPIPE, SIG_DFL);
  if (spec.user) {
    // The raw calls: the library's would look for the other threads of the old process.
    if (syscall(SYS_setgroups, spec.user->groups.size(), spec.user->groups.data()) != 0 ||
        syscall(SYS_setgid, spec.user->gid) != 0 || syscall(SYS_setuid, spec.user->uid) != 0)
      _exit(1);
  }
  // After the change of the user, which takes it back.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int input = open("/dev/null", O_RDONLY);
  const int output = open(spec.log_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  syscall(SYS_close_range, 3U, ~0U, 0U);
  execvpe(argv[0], argv, environment);
  _exit(kNotFound);
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Result<ProgramUser> find_user(const std::string& name) {
  const passwd* entry = getpwnam(name.c_str());
  if (entry == nullptr) return fail(ErrorKind::refused, "there is no user \"{}\"", name);
  if (geteuid() != 0 && entry->pw_uid != geteuid())
    return fail(ErrorKind::refused, "only root can start programs as \"{}\"", name);
  ProgramUser user{.uid = entry->pw_uid, .gid = entry->pw_gid, .groups = {}};
  user.groups.resize(kMaxGroups);
  int count = kMaxGroups;
  if (getgrouplist(entry->pw_name, entry->pw_gid, user.groups.data(), &count) < 0)
    return fail(ErrorKind::refused, "the user \"{}\" is in more than {} groups", name, kMaxGroups);
  user.groups.resize(static_cast<std::size_t>(count));
  return user;
}

Result<ChildProgram> ChildProgram::start(const ChildSpec& spec) {
  std::vector<std::string> words{spec.program};
  std::vector<std::string> settings = spec.environment;
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> environment = pointers(settings);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid < 0) return fail_os(ErrorKind::exhausted, errno, "cannot start " + spec.program);
  if (pid == 0) become(spec, parent, argv.data(), environment.data());
  return ChildProgram(spec.program, pid,
                      UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0))));
}

ChildProgram::ChildProgram(ChildProgram&& other) noexcept
    : name_(std::move(other.name_)),
      pid_(std::exchange(other.pid_, 0)),
      process_(std::move(other.process_)) {}

ChildProgram::~ChildProgram() {
  if (pid_ == 0) return;
  kill(pid_, SIGTERM);
  if (!ended_within(kEndPatience)) kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool ChildProgram::ended_within(Nanos patience) const noexcept {
  pollfd end{process_.get(), POLLIN, 0};
  return poll(&end, 1, static_cast<int>(patience / milliseconds(1))) > 0;
}

Result<void> ChildProgram::wait(Doorbell& bell, Nanos patience) {
  bell.wait_with(process_.get(), patience);
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return {};
  pid_ = 0;
  if (WIFSIGNALED(status))
    return fail(ErrorKind::lost, "{} was ended by signal {}", name_, WTERMSIG(status));
  if (WEXITSTATUS(status) == kNotFound)
    return fail(ErrorKind::refused, "{} is not installed", name_);
  return fail(ErrorKind::lost, "{} has ended with status {}", name_, WEXITSTATUS(status));
}

}  // namespace pf::audio::pipewire
