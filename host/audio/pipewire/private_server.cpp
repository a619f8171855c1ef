#include "host/audio/pipewire/private_server.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>

#include "core/runtime/files.h"
#include "core/runtime/log.h"

namespace pf::audio::pipewire {
namespace {

namespace fs = std::filesystem;

// Short, since the path of a socket may have 107 bytes.
constexpr const char* kParent = "/tmp";
constexpr const char* kPrefix = "pf-sound-";
constexpr const char* kLock = "/host.lock";

// 256 frames are 5.3 ms, whatever programs wish: there is no device that could do better, and a
// cycle that becomes shorter under a program may silence it (see StreamSpec::latency_frames).
constexpr std::string_view kServerSettings =
    "context.properties = {\n"
    "  default.clock.rate = 48000\n"
    "  default.clock.quantum = 256\n"
    "  default.clock.min-quantum = 256\n"
    "  default.clock.max-quantum = 256\n"
    "}\n";
// No hardware, and nothing that wants a D-Bus: wireplumber 0.4 ends itself without one.
constexpr std::string_view kManagerSettings =
    "alsa_monitor.enabled = false\n"
    "v4l2_monitor.enabled = false\n"
    "libcamera_monitor.enabled = false\n"
    "default_access.properties[\"enable-flatpak-portal\"] = false\n";
constexpr std::string_view kBluetoothSettings = "bluez_monitor.enabled = false\n";

// Others wait for a server that comes back, so it comes soon.
constexpr BackoffPolicy kBackoff{
    .first = milliseconds(50), .longest = milliseconds(500), .forgotten_after = seconds(10)};
constexpr Nanos kLookAgain = milliseconds(20);
constexpr Nanos kWatchEvery = milliseconds(250);

// Empty: another host holds it.
UniqueFd lock_of(const std::string& folder) {
  UniqueFd lock(open((folder + kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock && flock(lock.get(), LOCK_EX | LOCK_NB) == 0) return lock;
  return {};
}

// A host that was killed could not tidy up. Its folder has a lock that nobody holds; one without a
// lock is being made at this moment.
void remove_left_behind() {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(kParent, ignored)) {
    const std::string path = entry.path().string();
    struct stat info {};
    if (entry.path().filename().string().rfind(kPrefix, 0) != 0 ||
        lstat((path + kLock).c_str(), &info) != 0 || info.st_uid != geteuid())
      continue;
    if (const UniqueFd lock = lock_of(path)) fs::remove_all(path, ignored);
  }
}

Result<std::string> make_folder() {
  std::string path = fmt::format("{}/{}XXXXXX", kParent, kPrefix);
  if (mkdtemp(path.data()) == nullptr)
    return fail_os(ErrorKind::refused, errno, fmt::format("cannot make a folder in {}", kParent));
  return path;
}

}  // namespace

PrivateServer::PrivateServer(std::string folder, UniqueFd lock, std::optional<ProgramUser> user)
    : folder_(std::move(folder)),
      lock_(std::move(lock)),
      user_(std::move(user)),
      path_(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "/usr/bin:/bin") {}

Result<std::unique_ptr<PrivateServer>> PrivateServer::start(const std::string& run_as,
                                                            HealthBoard& board,
                                                            const Clock& clock) {
  std::optional<ProgramUser> user;
  if (!run_as.empty()) {
    PF_TRY(user, find_user(run_as));
  }
  remove_left_behind();
  PF_TRY(std::string folder, make_folder());
  UniqueFd lock = lock_of(folder);
  if (!lock) return fail(ErrorKind::refused, "cannot lock {}", folder);
  std::unique_ptr<PrivateServer> server(
      new PrivateServer(std::move(folder), std::move(lock), std::move(user)));
  PF_TRY_VOID(server->write_settings());
  server->supervise(board, clock);
  return server;
}

PrivateServer::~PrivateServer() {
  for (auto it = threads_.rbegin(); it != threads_.rend(); ++it) it->reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

std::vector<std::pair<std::string, std::string>> PrivateServer::environment() const {
  return {{"PIPEWIRE_RUNTIME_DIR", folder_}, {"PULSE_SERVER", "unix:" + folder_ + "/pulse/native"}};
}

Result<void> PrivateServer::write_settings() const {
  const std::string config = folder_ + "/config";
  PF_TRY_VOID(replace_file(config + "/pipewire/pipewire.conf.d/50-punktfunk.conf", kServerSettings,
                           FileMode::secret));
  PF_TRY_VOID(replace_file(config + "/wireplumber/main.lua.d/80-punktfunk.lua", kManagerSettings,
                           FileMode::secret));
  PF_TRY_VOID(replace_file(config + "/wireplumber/bluetooth.lua.d/80-punktfunk.lua",
                           kBluetoothSettings, FileMode::secret));
  if (!user_) return {};
  const auto give = [this](const std::string& path) {
    return lchown(path.c_str(), user_->uid, user_->gid) == 0;
  };
  std::error_code error;
  bool given = give(folder_);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder_, error)) {
    // The lock stays ours: by its owner the next host knows the folder.
    if (entry.path().string() != folder_ + kLock) given = give(entry.path().string()) && given;
  }
  if (!given || error) return fail(ErrorKind::refused, "cannot give {} to its user", folder_);
  return {};
}

void PrivateServer::supervise(HealthBoard& board, const Clock& clock) {
  const auto make = [&](Part part, const char* name, SupervisedThread::Body body) {
    const auto index = static_cast<std::size_t>(part);
    threads_[index] = std::make_unique<SupervisedThread>(
        ThreadSpec{.name = name}, kBackoff, bells_[index], board, clock, std::move(body));
  };
  make(Part::server, "sound server", [this](Shift& shift) { return run_server(shift); });
  make(Part::session_manager, "sound session-manager",
       [this](Shift& shift) { return run_follower(Part::session_manager, shift); });
  make(Part::pulse, "sound pulse",
       [this](Shift& shift) { return run_follower(Part::pulse, shift); });
}

ChildSpec PrivateServer::spec_of(Part part) const {
  static constexpr const char* kPrograms[] = {"pipewire", "wireplumber", "pipewire-pulse"};
  const char* program = kPrograms[static_cast<std::size_t>(part)];
  return {
      .program = program,
      .environment = {"PATH=" + path_, "HOME=" + folder_, "XDG_RUNTIME_DIR=" + folder_,
                      "PIPEWIRE_RUNTIME_DIR=" + folder_, "XDG_CONFIG_HOME=" + folder_ + "/config",
                      "XDG_STATE_HOME=" + folder_ + "/state", "DBUS_SESSION_BUS_ADDRESS=disabled:"},
      .log_path = fmt::format("{}/{}.log", folder_, program),
      .user = user_};
}

Result<void> PrivateServer::run_server(Shift& shift) {
  server_life_.fetch_add(1);
  for (Doorbell& bell : bells_) bell.ring();
  PF_TRY(ChildProgram program, ChildProgram::start(spec_of(Part::server)));
  while (!shift.over() && !sound::listens(address()))
    PF_TRY_VOID(program.wait(shift.bell(), kLookAgain));
  shift.opened();
  while (!shift.over()) PF_TRY_VOID(program.wait(shift.bell(), kWatchEvery));
  return {};
}

Result<void> PrivateServer::run_follower(Part part, Shift& shift) {
  while (!shift.over() && !sound::listens(address())) shift.bell().wait(kLookAgain);
  if (shift.over()) return {};
  const unsigned life = server_life_.load();
  PF_TRY(ChildProgram program, ChildProgram::start(spec_of(part)));
  shift.opened();
  while (!shift.over()) {
    PF_TRY_VOID(program.wait(shift.bell(), kWatchEvery));
    // pipewire-pulse outlives its server without noticing.
    if (server_life_.load() != life) return fail(ErrorKind::lost, "pipewire was started anew");
  }
  return {};
}

}  // namespace pf::audio::pipewire
