#include "testing/sound_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <thread>

extern char** environ;

namespace pf::testing {
namespace {

using namespace std::chrono_literals;
constexpr auto kPatience = 20s;  // sanitized builds on a busy machine are slow

[[noreturn]] void give_up(const std::string& sentence) {
  std::fprintf(stderr, "sound server for the test: %s\n", sentence.c_str());
  std::abort();
}

const char* program_of(SoundProgram which) {
  switch (which) {
    case SoundProgram::pipewire:
      return "pipewire";
    case SoundProgram::wireplumber:
      return "wireplumber";
    case SoundProgram::pulse:
      return "pipewire-pulse";
  }
  give_up("no such program");
}

void write_file(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path) << text;
}

bool accepts(const std::string& socket_path) {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, socket_path.c_str(), sizeof address.sun_path - 1);
  const bool ok = connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return ok;
}

// Without D-Bus and hardware: wireplumber 0.4 ends itself when a module cannot have its bus.
constexpr const char* kMainSettings =
    "alsa_monitor.enabled = false\n"
    "v4l2_monitor.enabled = false\n"
    "libcamera_monitor.enabled = false\n"
    "default_access.properties[\"enable-flatpak-portal\"] = false\n";
constexpr const char* kBluetoothSettings = "bluez_monitor.enabled = false\n";

}  // namespace

SoundServer::SoundServer(const SoundServerOptions& options) : options_(options) {
  char name[] = "/tmp/pf-sound-XXXXXX";
  if (mkdtemp(name) == nullptr) give_up("cannot make a folder in /tmp");
  folder_ = name;
  write_file(folder_ + "/config/wireplumber/main.lua.d/80-test.lua", kMainSettings);
  write_file(folder_ + "/config/wireplumber/bluetooth.lua.d/80-test.lua", kBluetoothSettings);
  if (options_.quantum_frames != 0) {
    const std::string frames = std::to_string(options_.quantum_frames);
    write_file(folder_ + "/config/pipewire/pipewire.conf.d/80-test.conf",
               "context.properties = { default.clock.quantum = " + frames +
                   " default.clock.min-quantum = " + frames +
                   " default.clock.max-quantum = " + frames + " }\n");
  }
  start();
}

SoundServer::~SoundServer() {
  // In the reverse order of their needs, so that none complains.
  for (auto it = pids_.rbegin(); it != pids_.rend(); ++it) {
    ::kill(it->second, SIGKILL);
    waitpid(it->second, nullptr, 0);
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::vector<std::string> SoundServer::environment() const {
  return {"XDG_RUNTIME_DIR=" + folder_,
          "PIPEWIRE_RUNTIME_DIR=" + folder_,
          "PULSE_SERVER=" + pulse_server(),
          "HOME=" + folder_,
          "XDG_CONFIG_HOME=" + folder_ + "/config",
          "XDG_STATE_HOME=" + folder_ + "/state",
          "DBUS_SESSION_BUS_ADDRESS=disabled:"};
}

pid_t SoundServer::pid(SoundProgram which) const {
  const auto found = pids_.find(which);
  if (found == pids_.end()) give_up(std::string(program_of(which)) + " is not running");
  return found->second;
}

void SoundServer::kill(SoundProgram which) {
  ::kill(pid(which), SIGKILL);
  waitpid(pid(which), nullptr, 0);
  pids_.erase(which);
}
void SoundServer::freeze(SoundProgram which) { ::kill(pid(which), SIGSTOP); }
void SoundServer::thaw(SoundProgram which) { ::kill(pid(which), SIGCONT); }

void SoundServer::start() {
  // Without pipewire the others end by themselves or are of no use any more.
  if (pids_.count(SoundProgram::pipewire) == 0)
    while (!pids_.empty()) kill(pids_.begin()->first);
  for (const SoundProgram which :
       {SoundProgram::pipewire, SoundProgram::wireplumber, SoundProgram::pulse}) {
    if (which == SoundProgram::pulse && !options_.pulse) continue;
    if (pids_.count(which) != 0) continue;
    start_program(which);
    for (const auto deadline = std::chrono::steady_clock::now() + kPatience; !ready(which);) {
      if (waitpid(pid(which), nullptr, WNOHANG) != 0)
        give_up(std::string(program_of(which)) + " has ended: see " + folder_);
      if (std::chrono::steady_clock::now() > deadline)
        give_up(std::string(program_of(which)) + " does not get ready");
      std::this_thread::sleep_for(5ms);
    }
  }
}

void SoundServer::start_program(SoundProgram which) {
  const std::string log = folder_ + "/" + program_of(which) + ".log";
  pids_[which] = spawn({program_of(which)}, log);
}

bool SoundServer::ready(SoundProgram which) const {
  switch (which) {
    case SoundProgram::pipewire:
      return accepts(socket_path());
    case SoundProgram::wireplumber:
      // PipeWire 0.3.65 now and then never listens again to a client that asks in the instant in
      // which a manager comes: the next one is asked.
      return run({"timeout", "2", "pw-metadata"}).find("\"default\"") != std::string::npos;
    case SoundProgram::pulse:
      return accepts(folder_ + "/pulse/native");
  }
  return false;
}

pid_t SoundServer::spawn(const std::vector<std::string>& command, const std::string& output_path,
                         const std::string& input_path) const {
  // Everything that allocates comes before the fork: other threads may hold the allocator.
  std::vector<std::string> settings = environment();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    bool own = false;
    for (const std::string& mine : environment())
      own = own || text.substr(0, mine.find('=') + 1) == mine.substr(0, mine.find('=') + 1);
    if (!own) settings.emplace_back(text);
  }
  std::vector<char*> envp;
  for (std::string& setting : settings) envp.push_back(setting.data());
  envp.push_back(nullptr);
  std::vector<std::string> words = command;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);

  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid != 0) return pid;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  const int input = open(input_path.c_str(), O_RDONLY);
  const int output = open(output_path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  for (int fd = 3; fd < 1024; ++fd) close(fd);
  execvpe(argv[0], argv.data(), envp.data());
  _exit(127);
}

std::string SoundServer::run(const std::vector<std::string>& command) const {
  const std::string path = folder_ + "/output-" + std::to_string(gettid());
  std::filesystem::remove(path);
  const pid_t pid = spawn(command, path);
  waitpid(pid, nullptr, 0);
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

void SoundServer::finish(pid_t pid) {
  ::kill(pid, SIGINT);
  for (int i = 0; i < 400; ++i) {
    if (waitpid(pid, nullptr, WNOHANG) != 0) return;
    std::this_thread::sleep_for(5ms);
  }
  ::kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
}

void SoundServer::add_null_sink(const std::string& node_name, const std::string& position) const {
  run({"pw-cli", "create-node", "adapter",
       "{ factory.name=support.null-audio-sink node.name=" + node_name +
           " media.class=Audio/Sink object.linger=true audio.position=[" + position +
           "] monitor.channel-volumes=true }"});
}

}  // namespace pf::testing
