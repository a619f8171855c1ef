// What the machine itself has to have.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "core/runtime/unique_fd.h"
#include "host/doctor/patient.h"
#include "host/doctor/rungs.h"

namespace pf::doctor {
namespace {

namespace fs = std::filesystem;

// pidfd_open() and sealed shared memory: what we and the sound server rely on.
constexpr unsigned kOldestMajor = 5, kOldestMinor = 4;

// A host has about 40 open, and a session with its desktop and sound another 60.
constexpr rlim_t kFilesOfAHost = 64, kFilesOfASession = 64;

// What a screen of 4K takes as XRGB, four times: as many buffers as a desktop has.
constexpr off_t kSharedBytes = off_t{4} * 3840 * 2160 * 4;

// Nothing of punktfunk is older than the one, and no certificate of ours younger than the other.
constexpr WireTime kEarliest{seconds(1'735'689'600)};  // 2025-01-01
constexpr WireTime kLatest{seconds(2'208'988'800)};    // 2040-01-01
// What clocks of one machine may differ by without anybody having set them.
constexpr Nanos kBackwards = std::chrono::hours(24);

std::string date(WireTime at) {
  const std::time_t seconds_since = std::chrono::duration_cast<seconds>(at.since_epoch()).count();
  std::tm parts{};
  char text[32] = {};
  if (gmtime_r(&seconds_since, &parts) == nullptr ||
      std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts) == 0)
    return fmt::format("{} s", seconds_since);
  return text;
}

// Written last: the newest of the host's own files. Empty: it has none.
std::optional<WireTime> newest_file(const std::string& folder) {
  std::optional<WireTime> newest;
  for (const char* const name : {"identity.pem", "host-id", "paired.json", "management.json"}) {
    struct stat facts {};
    if (stat((folder + "/" + name).c_str(), &facts) != 0) continue;
    const WireTime at{seconds(facts.st_mtim.tv_sec)};
    if (!newest || *newest < at) newest = at;
  }
  return newest;
}

std::string own_name() {
  const char* const name = std::getenv("USER");
  return name == nullptr ? "YOUR-NAME" : name;
}

}  // namespace

Finding look_at_kernel(Patient&) {
  utsname facts{};
  unsigned major = 0, minor = 0;
  if (uname(&facts) != 0 || std::sscanf(facts.release, "%u.%u", &major, &minor) != 2)
    return failed("the kernel does not say its version", "");
  const std::string kernel =
      fmt::format("{} {} on {}", facts.sysname, facts.release, facts.machine);
  if (major < kOldestMajor || (major == kOldestMajor && minor < kOldestMinor))
    return failed(fmt::format("{} is older than {}.{}", kernel, kOldestMajor, kOldestMinor), "");
  return ok(kernel);
}

Finding look_at_memory(Patient&) {
  const UniqueFd memory(memfd_create("punktfunk-doctor", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) {
    return failed(fmt::format("no shared memory can be made: {}", std::strerror(errno)),
                  "allow memfd_create(2) in this container's seccomp profile");
  }
  if (ftruncate(memory.get(), kSharedBytes) != 0) {
    return failed(fmt::format("no shared memory for a screen can be had: {}", std::strerror(errno)),
                  errno == EFBIG ? "ulimit -f unlimited; for a service: LimitFSIZE=infinity"
                                 : "free -h, then end what takes the memory");
  }
  // The compositor's keymaps lie there.
  const std::string name = fmt::format("/punktfunk-doctor-{}", getpid());
  const UniqueFd shared(shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  const int reason = errno;
  if (!shared)
    return failed(fmt::format("/dev/shm cannot be written: {}", std::strerror(reason)), "");
  shm_unlink(name.c_str());
  return ok("memfd and /dev/shm work");
}

Finding look_at_limits(Patient& patient) {
  const auto& config = patient.config();
  const rlim_t sessions = config ? config->session.max_clients : 1;
  const rlim_t wanted = kFilesOfAHost + sessions * kFilesOfASession;
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < wanted) {
    return failed(fmt::format("{} files may be open at a time, and {} sessions need {} "
                              "(session.max_clients)",
                              files.rlim_cur, sessions, wanted),
                  fmt::format("ulimit -n {}; for a service: LimitNOFILE={}",
                              std::max<rlim_t>(4096, wanted), std::max<rlim_t>(4096, wanted)));
  }
  return ok(
      fmt::format("{} files may be open; {} sessions need {}", files.rlim_cur, sessions, wanted));
}

Finding look_at_clock(Patient& patient) {
  const WireTime now = patient.surroundings().wall_clock;
  if (now < kEarliest || now > kLatest)
    return failed(fmt::format("the clock says {}", date(now)), "");
  const auto folder = patient.state_folder();
  const auto newest = folder ? newest_file(*folder) : std::nullopt;
  if (newest && now + kBackwards < *newest) {
    return failed(fmt::format("the clock says {}, but the host wrote a file on {}: devices whose "
                              "access has ended would be let in again",
                              date(now), date(*newest)),
                  "");
  }
  return ok(date(now));
}

Finding look_at_graphics(Patient&) {
  std::string usable;
  std::error_code error;
  for (fs::directory_iterator at("/dev/dri", error), end; !error && at != end;
       at.increment(error)) {
    const std::string node = at->path().string();
    if (at->path().filename().string().rfind("renderD", 0) != 0) continue;
    if (::access(node.c_str(), R_OK | W_OK) != 0) {
      return warning(fmt::format("{} may not be used: {}", node, std::strerror(errno)),
                     fmt::format("sudo usermod -aG render {}, then log in again", own_name()));
    }
    usable += (usable.empty() ? "" : ", ") + node;
  }
  if (usable.empty()) return skipped("no graphics card is here: everything runs on the processor");
  return ok(usable);
}

Finding look_at_input_devices(Patient&) {
  constexpr const char* kNode = "/dev/uinput";
  if (::access(kNode, F_OK) != 0)
    return skipped("no /dev/uinput is here, which only gamepads need: sudo modprobe uinput");
  if (::access(kNode, R_OK | W_OK) == 0) return ok(kNode);
  return warning(fmt::format("{} may not be used: {}", kNode, std::strerror(errno)),
                 fmt::format("sudo usermod -aG input {}, and a udev rule: KERNEL==\"uinput\", "
                             "GROUP=\"input\", MODE=\"0660\"; then log in again",
                             own_name()));
}

}  // namespace pf::doctor
