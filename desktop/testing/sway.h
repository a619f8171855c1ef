// A compositor that is not ours, for tests. Whoever uses it looks first whether sway is installed.
#pragma once

#include <dirent.h>
#include <grp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <thread>

#include "core/base/time.h"

namespace pf::testing {

inline constexpr int kSwayPatienceMs = 20'000;
inline constexpr uid_t kNobody = 65534;

// A headless sway with a runtime folder of its own.
class Sway {
 public:
  bool start() {
    char folder[] = "/tmp/pf-sway-XXXXXX";
    if (mkdtemp(folder) == nullptr) return false;
    folder_ = folder;
    std::ofstream(folder_ + "/config") << "default_border none\noutput * mode --custom "
                                          "640x360@60Hz\n";
    pid_ = fork();
    if (pid_ == 0) become_sway();
    return pid_ > 0 && find_socket();
  }
  ~Sway() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    if (!folder_.empty()) std::system(("rm -rf " + folder_).c_str());
  }
  const std::string& socket() const { return socket_; }

 private:
  [[noreturn]] void become_sway() const {
    setenv("XDG_RUNTIME_DIR", folder_.c_str(), 1);
    setenv("WLR_BACKENDS", "headless", 1);
    setenv("WLR_LIBINPUT_NO_DEVICES", "1", 1);
    setenv("WLR_RENDERER", "pixman", 1);
    unsetenv("WAYLAND_DISPLAY");
    unsetenv("DISPLAY");
    const std::string config = folder_ + "/config";
    // Sway refuses to be root. Root may still connect to it.
    if (geteuid() == 0) {
      const bool handed_over = chown(folder_.c_str(), kNobody, kNobody) == 0 &&
                               setgroups(0, nullptr) == 0 && setgid(kNobody) == 0 &&
                               setuid(kNobody) == 0;
      if (!handed_over) _exit(127);
    }
    execlp("sway", "sway", "-c", config.c_str(), nullptr);
    _exit(127);
  }
  bool find_socket() {
    for (int waited = 0; waited < kSwayPatienceMs && waitpid(pid_, nullptr, WNOHANG) == 0;
         waited += 20) {
      if (DIR* folder = opendir(folder_.c_str())) {
        while (const dirent* entry = readdir(folder))
          if (std::strncmp(entry->d_name, "wayland-", 8) == 0 &&
              std::strstr(entry->d_name, ".lock") == nullptr)
            socket_ = folder_ + "/" + entry->d_name;
        closedir(folder);
      }
      if (!socket_.empty()) return true;
      std::this_thread::sleep_for(milliseconds(20));
    }
    return false;
  }

  std::string folder_, socket_;
  pid_t pid_ = -1;
};

}  // namespace pf::testing
