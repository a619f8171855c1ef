#include "host/library/helper_job.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "host/library/helper_words.h"

extern char** environ;

namespace pf::library {
namespace {

// The wish as a file that needs no disk: a pipe would hold 64 KiB and then wait for its reader.
Result<UniqueFd> file_with(std::string_view text) {
  UniqueFd file(memfd_create("library-wish", MFD_CLOEXEC));
  while (file && !text.empty()) {
    const ssize_t count = write(file.get(), text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) break;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (!file || !text.empty() || lseek(file.get(), 0, SEEK_SET) != 0)
    return fail_os(ErrorKind::exhausted, errno, "cannot ask the library's helper");
  return file;
}

struct Pipe {
  UniqueFd from, to;
};
Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0)
    return fail_os(ErrorKind::exhausted, errno, "cannot make a pipe");
  fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return Pipe{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// In a group of its own, with the signals as a program expects them.
class Attributes {
 public:
  Attributes() {
    posix_spawnattr_init(&all_);
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGXFSZ})
      sigaddset(&usual, number);
    posix_spawnattr_setsigmask(&all_, &none);
    posix_spawnattr_setsigdefault(&all_, &usual);
    posix_spawnattr_setpgroup(&all_, 0);
    posix_spawnattr_setflags(
        &all_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~Attributes() { posix_spawnattr_destroy(&all_); }
  Attributes(const Attributes&) = delete;
  Attributes& operator=(const Attributes&) = delete;
  const posix_spawnattr_t* get() const { return &all_; }

 private:
  posix_spawnattr_t all_{};
};

class FileActions {
 public:
  FileActions(int input, int output) {
    posix_spawn_file_actions_init(&all_);
    posix_spawn_file_actions_adddup2(&all_, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&all_, output, STDOUT_FILENO);
  }
  ~FileActions() { posix_spawn_file_actions_destroy(&all_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  const posix_spawn_file_actions_t* get() const { return &all_; }

 private:
  posix_spawn_file_actions_t all_{};
};

}  // namespace

void Dying::reap() noexcept {
  std::erase_if(pids_, [](pid_t pid) { return waitpid(pid, nullptr, WNOHANG) != 0; });
}

bool Dying::has(pid_t pid) const noexcept {
  return std::find(pids_.begin(), pids_.end(), pid) != pids_.end();
}

Result<HelperJob> HelperJob::start(const std::string& program, std::string_view wish,
                                   LocalTime deadline, Dying& dying) {
  PF_TRY(const UniqueFd input, file_with(wish));
  PF_TRY(Pipe output, make_pipe());
  const FileActions files(input.get(), output.to.get());
  const Attributes attributes;
  std::string name = program;
  std::array<char*, 2> words{name.data(), nullptr};
  pid_t pid = 0;
  const int failed =
      posix_spawn(&pid, program.c_str(), files.get(), attributes.get(), words.data(), environ);
  if (failed != 0) return fail_os(ErrorKind::refused, failed, "cannot start " + program);
  return HelperJob(pid, std::move(output.from), deadline, dying);
}

HelperJob::HelperJob(HelperJob&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      output_(std::move(other.output_)),
      deadline_(other.deadline_),
      dying_(other.dying_),
      said_(std::move(other.said_)) {}

HelperJob::~HelperJob() {
  if (pid_ == 0) return;
  kill(-pid_, SIGKILL);
  if (waitpid(pid_, nullptr, WNOHANG) == 0) dying_.add(pid_);
}

std::optional<Result<std::string>> HelperJob::read() {
  std::array<char, 64 * 1024> part;
  for (;;) {
    const ssize_t count = ::read(output_.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return std::nullopt;
    if (count <= 0) return Result<std::string>(std::move(said_));  // it has ended
    said_.append(part.data(), static_cast<std::size_t>(count));
    if (said_.size() > kMaxAnswerBytes)
      return Result<std::string>(
          fail(ErrorKind::exhausted, "its reader says more than {} bytes", kMaxAnswerBytes));
  }
}

}  // namespace pf::library
