// The host's own files, looked at as `serve` would, and never changed.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/identity/identity_file.h"
#include "core/runtime/unique_fd.h"
#include "host/access/access_store.h"
#include "host/apps/catalogue.h"
#include "host/config/config_file.h"
#include "host/doctor/patient.h"
#include "host/doctor/rungs.h"
#include "host/trust/paired_store.h"

namespace pf::doctor {
namespace {

// The host's files are a few kilobytes; below this a disk is as good as full.
constexpr std::uint64_t kLeastRoomBytes = 4u << 20;
constexpr std::size_t kTrialBytes = 256u << 10;  // more than any of the host's files
constexpr Nanos kSoon = std::chrono::hours(24 * 30);

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

// The folder, or the nearest above it that is there.
std::string nearest(std::string path) {
  while (path.size() > 1 && !exists(path)) path = path.substr(0, path.rfind('/'));
  return path.empty() ? "/" : path;
}

// What to do with a file that is not whole.
std::string put_aside(const std::string& path, std::string_view loss) {
  return fmt::format("restore it from a backup, or: mv {0} {0}.bad, and {1}", path, loss);
}

Result<void> write_trial(const std::string& folder) {
  const std::string path = fmt::format("{}/.doctor-{}", folder, getpid());
  const UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file) return fail_os(ErrorKind::refused, errno, fmt::format("cannot write in {}", folder));
  const std::string zeros(kTrialBytes, '\0');
  std::size_t written = 0;
  int reason = 0;
  while (written < zeros.size() && reason == 0) {
    const ssize_t taken = write(file.get(), zeros.data() + written, zeros.size() - written);
    if (taken > 0) written += static_cast<std::size_t>(taken);
    if (taken <= 0) reason = errno == 0 ? EIO : errno;
  }
  if (reason == 0 && fsync(file.get()) != 0) reason = errno;
  unlink(path.c_str());
  if (reason == 0) return {};
  return fail_os(ErrorKind::exhausted, reason,
                 fmt::format("{} takes only {} of {} bytes", folder, written, kTrialBytes));
}

}  // namespace

Finding look_at_configuration(Patient& patient) {
  const auto& config = patient.config();
  if (!config) return failed(config.error(), "");
  if (const auto catalogue = apps::Catalogue::make(*config); !catalogue)
    return failed(catalogue.error(), "");
  const std::string file = patient.config_file();
  return ok(exists(file) ? file : "all defaults: there is no " + file);
}

Finding look_at_state_folder(Patient& patient) {
  const auto folder = patient.state_folder();
  if (!folder) return failed(folder.error(), "export HOME=/home/YOUR-NAME");
  struct stat facts {};
  if (stat(folder->c_str(), &facts) != 0 && errno == ENOENT) {
    const std::string above = nearest(*folder);
    if (::access(above.c_str(), W_OK | X_OK) != 0) {
      return failed(
          fmt::format("{} cannot be made in {}: {}", *folder, above, std::strerror(errno)),
          fmt::format("sudo mkdir -p {0} && sudo chown -R $USER {0}", *folder));
    }
    return ok(fmt::format("{} will be made", *folder));
  }
  if (stat(folder->c_str(), &facts) != 0) {
    return failed(fmt::format("{} cannot be looked at: {}", *folder, std::strerror(errno)),
                  fmt::format("ls -ld {}; every part of it has to be a folder of yours", *folder));
  }
  if (!S_ISDIR(facts.st_mode))
    return failed(fmt::format("{} is no folder", *folder), fmt::format("mv {0} {0}.bad", *folder));
  if (facts.st_uid != geteuid()) {
    return failed(fmt::format("{} belongs to another user ({})", *folder, facts.st_uid),
                  fmt::format("sudo chown -R $USER {}", *folder));
  }
  if ((facts.st_mode & 022) != 0) {
    return failed(fmt::format("others may write in {} (mode {:o})", *folder, facts.st_mode & 0777),
                  fmt::format("chmod 700 {}", *folder));
  }
  if (::access(folder->c_str(), W_OK | X_OK) != 0) {
    return failed(fmt::format("{} cannot be written: {}", *folder, std::strerror(errno)),
                  errno == EROFS ? "mount that disk writable: sudo mount -o remount,rw …"
                                 : fmt::format("chmod 700 {}", *folder));
  }
  return ok(*folder);
}

Finding look_at_disk(Patient& patient) {
  const auto folder = patient.state_folder();
  if (!folder) return skipped("there is no state folder");
  const std::string place = nearest(*folder);
  struct statvfs room {};
  if (statvfs(place.c_str(), &room) != 0)
    return failed(fmt::format("{}: {}", place, std::strerror(errno)), "");
  const std::uint64_t free_bytes = std::uint64_t{room.f_bavail} * room.f_frsize;
  const std::string make_room = fmt::format("make room: df -h {}", place);
  if (free_bytes < kLeastRoomBytes) {
    return failed(fmt::format("the disk of {} is full: {} KiB are free", place, free_bytes >> 10),
                  make_room);
  }
  if (room.f_files != 0 && room.f_favail == 0)
    return failed(fmt::format("the disk of {} has no inode left", place),
                  fmt::format("remove files: df -i {}", place));
  if (const auto written = write_trial(place); !written) return failed(written.error(), make_room);
  return ok(fmt::format("{} MiB are free", free_bytes >> 20));
}

Finding look_at_identity(Patient& patient) {
  const auto folder = patient.state_folder();
  if (!folder) return skipped("there is no state folder");
  if (exists(*folder + "/host-id")) {
    if (const auto id = patient.surroundings().check_host_id(*folder); !id)
      return failed(id.error(), fmt::format("rm {}/host-id", *folder));
  }
  const std::string path = *folder + "/identity.pem";
  if (!exists(path)) return ok("none yet: the host makes one at its first start");
  const auto identity = identity::load_or_make(
      path, [] { return fail(ErrorKind::internal, "not here"); }, "pair all clients anew");
  if (!identity) {
    struct stat facts {};
    const bool open_to_others = stat(path.c_str(), &facts) == 0 && (facts.st_mode & 077) != 0;
    return failed(identity.error(),
                  open_to_others ? "chmod 600 " + path : put_aside(path, "pair all clients anew"));
  }
  const auto dates = crypto::validity(identity->certificate_der);
  if (!dates) return failed(dates.error(), put_aside(path, "pair all clients anew"));
  const WireTime now = patient.surroundings().wall_clock;
  if (now < dates->from || now >= dates->until) {
    return failed(fmt::format("{}: the certificate {}", path,
                              now < dates->from ? "is not good yet" : "has expired"),
                  fmt::format("mv {0} {0}.old, start the host, and pair all clients anew", path));
  }
  if (now + kSoon >= dates->until) {
    return warning(fmt::format("{}: the certificate expires within a month", path),
                   fmt::format("mv {0} {0}.old, start the host, and pair all clients anew", path));
  }
  return ok(path);
}

Finding look_at_devices(Patient& patient) {
  const auto folder = patient.state_folder();
  if (!folder) return skipped("there is no state folder");
  const trust::PairedStore store(*folder + "/paired.json");
  if (!exists(store.path())) return ok("none yet: punktfunk-host pair lets one in");
  const auto devices = store.load();
  if (!devices) {
    struct stat facts {};
    const bool open_to_others =
        stat(store.path().c_str(), &facts) == 0 && (facts.st_mode & 077) != 0;
    return failed(devices.error(), open_to_others
                                       ? "chmod 600 " + store.path()
                                       : put_aside(store.path(), "pair all devices anew"));
  }
  std::size_t expired = 0;
  for (const trust::Device& device : *devices)
    expired += device.access.expired(patient.surroundings().wall_clock) ? 1 : 0;
  return ok(fmt::format(
      "{} paired{}", devices->size(),
      expired == 0 ? std::string() : fmt::format(", of which {} may not any more", expired)));
}

Finding look_at_access(Patient& patient) {
  const auto folder = patient.state_folder();
  if (!folder) return skipped("there is no state folder");
  const std::string path = *folder + "/management.json";
  if (!exists(path)) return ok("no password yet: punktfunk-host password makes one");
  const auto store = access::AccessStore::open(*folder, patient.rng());
  if (!store) {
    return failed(store.error(), put_aside(path, "make a new password: punktfunk-host password"));
  }
  return ok(fmt::format("{}, {} tokens", (*store)->has_password() ? "a password" : "no password",
                        (*store)->tokens().size()));
}

Finding look_at_left_overs(Patient& patient) {
  const auto folder = patient.state_folder();
  if (!folder) return skipped("there is no state folder");
  if (!exists(*folder + "/undo")) return ok("nothing");
  const auto journal = restore::UndoJournal::open(*folder + "/undo");
  if (!journal) return failed(journal.error(), put_aside(*folder + "/undo", "start the host"));
  if ((*journal)->has_left_overs())
    return warning("a host that was killed has left something changed on this machine", "");
  return ok("nothing");
}

}  // namespace pf::doctor
