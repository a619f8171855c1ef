// The same source against a compositor that is not ours. Skipped where sway is not installed.
#include <dirent.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <thread>

#include "core/runtime/system_clock.h"
#include "desktop/testing/test_client.h"
#include "host/capture/wlr/backend.h"

namespace pf::capture::wlr {
namespace {

using testing::TestClient;

constexpr int kPatienceMs = 20'000;
constexpr uid_t kNobody = 65534;

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
    for (int waited = 0; waited < kPatienceMs && waitpid(pid_, nullptr, WNOHANG) == 0;
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

std::uint32_t first_pixel(const RawFrame& frame) {
  std::uint32_t value = 0;
  std::memcpy(&value, frame.image.pixels, 4);
  return value & 0xFFFFFF;
}

TEST(ScreencopyOfSway, ShowsWhatAClientDraws) {
  ASSERT_EQ(std::system("command -v sway > /dev/null"), 0) << "sway is not installed";
  Sway sway;
  ASSERT_TRUE(sway.start());
  const SystemClock clock;
  Doorbell bell;
  auto source = backend().open(display::WlrOutput{sway.socket(), "HEADLESS-1"}, clock);
  for (int i = 0; !source && i < 100; ++i) {  // its output may come after its socket
    std::this_thread::sleep_for(milliseconds(50));
    source = backend().open(display::WlrOutput{sway.socket(), "HEADLESS-1"}, clock);
  }
  ASSERT_TRUE(source) << source.error().what;
  const auto client = TestClient::open(sway.socket());
  ASSERT_NE(client, nullptr);
  std::uint32_t shown = 0;
  for (std::uint32_t i = 1; i <= 200 && shown != 0x0A0B0C; ++i) {
    ASSERT_TRUE(client->settle() && client->paint_all(0x0A0B0C));
    const auto frame = (*source)->next(bell, milliseconds(100));
    ASSERT_TRUE(frame) << frame.error().what;
    if (*frame) shown = first_pixel(**frame);
  }
  EXPECT_EQ(shown, 0x0A0B0Cu);
  EXPECT_EQ((*source)->format().size_px, (SizePx{640, 360}));
}

}  // namespace
}  // namespace pf::capture::wlr
