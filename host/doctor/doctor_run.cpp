#include "host/doctor/doctor_run.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <nlohmann/json.hpp>

#include "core/runtime/system_clock.h"
#include "core/runtime/unique_fd.h"
#include "host/doctor/rungs.h"

namespace pf::doctor {
namespace {

using Json = nlohmann::ordered_json;

// The document has thirty rungs of a few sentences each.
constexpr std::size_t kMaxLineBytes = 256u << 10;
constexpr int kLookEvery_ms = 100;

std::string text_of(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
}

Result<pid_t> spawn(const std::vector<std::string>& options, int output) {
  std::vector<std::string> words{"punktfunk-host", "doctor", "--events"};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);  // the host's threads block the signals that end it
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int reason = posix_spawn(&pid, "/proc/self/exe", &files, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (reason != 0) return fail_os(ErrorKind::internal, reason, "the doctor cannot be started");
  return pid;
}

}  // namespace

DoctorStatus no_run() {
  DoctorStatus status;
  for (const Rung& rung : rungs()) {
    status.rungs.push_back({.name = std::string(rung.name),
                            .checks = std::string(rung.checks),
                            .state = std::string(to_string(State::waiting)),
                            .what = {},
                            .fix = {}});
  }
  return status;
}

bool apply_line(const std::string& line, DoctorStatus& status) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return false;
  if (const std::string verdict = text_of(json, "verdict"); !verdict.empty()) {
    status.verdict = verdict;
    return true;
  }
  const std::string name = text_of(json, "name");
  const auto at = std::find_if(status.rungs.begin(), status.rungs.end(),
                               [&](const RungStatus& rung) { return rung.name == name; });
  if (at == status.rungs.end()) return false;
  at->state = text_of(json, "state");
  at->what = text_of(json, "what");
  at->fix = text_of(json, "fix");
  const auto took = json.find("took_ms");
  at->took_ms = took != json.end() && took->is_number() ? took->get<double>() : 0;
  return true;
}

DoctorRun::DoctorRun(std::vector<std::string> options)
    : options_(std::move(options)), status_(no_run()) {}

DoctorRun::~DoctorRun() {
  over_ = true;
  if (thread_.joinable()) thread_.join();
}

DoctorStatus DoctorRun::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

Result<void> DoctorRun::start(WireTime wall) {
  const std::lock_guard lock(mutex_);
  if (status_.running) return fail(ErrorKind::exhausted, "the doctor is at work already");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return fail_os(ErrorKind::exhausted, errno, "the doctor cannot be started");
  UniqueFd output(ends[0]);
  const UniqueFd input(ends[1]);
  PF_TRY(const pid_t pid, spawn(options_, input.get()));
  if (thread_.joinable()) thread_.join();  // it has ended: the run before is over
  status_ = no_run();
  status_.running = true;
  status_.started_at = wall;
  thread_ = std::thread([this, fd = output.release(), pid] { follow(fd, pid); });
  return {};
}

void DoctorRun::follow(int output, pid_t pid) {
  const UniqueFd owned(output);
  const SystemClock clock;
  const LocalTime until = clock.now() + kPatience;
  std::string rest;
  std::array<char, 4096> bytes;
  std::string trouble;
  for (;;) {
    pollfd wanted{output, POLLIN, 0};
    const bool late = clock.now() >= until;
    if (over_ || late || rest.size() > kMaxLineBytes) {
      kill(pid, SIGKILL);
      trouble = "the doctor took too long, and was ended";
      break;
    }
    if (poll(&wanted, 1, kLookEvery_ms) <= 0) continue;
    const ssize_t count = read(output, bytes.data(), bytes.size());
    if (count <= 0) break;
    rest.append(bytes.data(), static_cast<std::size_t>(count));
    for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n')) {
      take_line(rest.substr(0, end));
      rest.erase(0, end + 1);
    }
  }
  int status = 0;
  waitpid(pid, &status, 0);
  if (trouble.empty() && WIFSIGNALED(status))
    trouble = fmt::format("the doctor was ended by signal {}", WTERMSIG(status));
  end(trouble);
}

void DoctorRun::take_line(const std::string& line) {
  const std::lock_guard lock(mutex_);
  (void)apply_line(line, status_);
}

// What it was looking at is to blame for its end.
void DoctorRun::end(const std::string& trouble) {
  const std::lock_guard lock(mutex_);
  status_.running = false;
  if (!status_.verdict.empty()) return;
  status_.verdict = to_string(State::failed);
  for (RungStatus& rung : status_.rungs) {
    if (rung.state != to_string(State::running)) continue;
    rung.state = to_string(State::failed);
    rung.what = trouble.empty() ? "the doctor has ended in the middle" : trouble;
    rung.fix = "try it by hand: punktfunk-host doctor --log-level debug";
  }
}

}  // namespace pf::doctor
