#include "host/audio/pipewire/private_server.h"

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "core/runtime/system_clock.h"
#include "sound/pipewire/default_nodes.h"

namespace pf::audio::pipewire {
namespace {

namespace fs = std::filesystem;
using sound::Connection;

bool eventually(const std::function<bool()>& condition) {
  for (int i = 0; i < 2000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return false;
}

// Living processes whose folder this is: name → pid.
std::map<std::string, pid_t> programs_of(const std::string& folder) {
  std::map<std::string, pid_t> found;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream file(entry.path() / "environ");
    const std::string environment{std::istreambuf_iterator<char>(file), {}};
    if (environment.find("PIPEWIRE_RUNTIME_DIR=" + folder) == std::string::npos) continue;
    std::string comm;
    std::getline(std::ifstream(entry.path() / "comm"), comm);
    found[comm] = std::stoi(name);
  }
  return found;
}

std::string folder_of(const PrivateServer& server) {
  return fs::path(server.address().socket_path).parent_path().string();
}

// A server with a session manager and PulseAudio's socket.
bool is_ready(const PrivateServer& server) {
  const auto connection = Connection::open(server.address(), nullptr);
  return connection && sound::DefaultNodes::open(**connection) &&
         fs::exists(folder_of(server) + "/pulse/native");
}

class PrivateServerTest : public ::testing::Test {
 protected:
  SystemClock clock;
  HealthBoard board;
};

TEST_F(PrivateServerTest, StartsAllThreeAndLeavesNothingBehind) {
  std::string folder;
  {
    const auto server = PrivateServer::start("", board, clock);
    ASSERT_TRUE(server) << server.error().what;
    ASSERT_TRUE(eventually([&] { return is_ready(**server); }));
    folder = folder_of(**server);
    EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
    EXPECT_EQ(programs_of(folder).size(), 3u);
    for (const auto& [name, value] : (*server)->environment())
      EXPECT_NE(value.find(folder), std::string::npos) << name;
  }
  EXPECT_TRUE(programs_of(folder).empty());
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(PrivateServerTest, StartsAgainWhateverDies) {
  const auto server = PrivateServer::start("", board, clock);
  ASSERT_TRUE(server);
  const std::string folder = folder_of(**server);
  ASSERT_TRUE(eventually([&] { return is_ready(**server) && programs_of(folder).size() == 3; }));
  for (const char* victim : {"wireplumber", "pipewire-pulse", "pipewire"}) {
    const auto before = programs_of(folder);
    ASSERT_EQ(kill(before.at(victim), SIGKILL), 0);
    const bool follows = std::string(victim) == "pipewire";
    EXPECT_TRUE(eventually([&] {
      auto now = programs_of(folder);
      const bool all = now.size() == 3 && now[victim] != before.at(victim);
      return all && (!follows || (now["wireplumber"] != before.at("wireplumber") &&
                                  now["pipewire-pulse"] != before.at("pipewire-pulse")));
    })) << victim;
    EXPECT_TRUE(eventually([&] { return is_ready(**server); })) << victim;
  }
}

TEST_F(PrivateServerTest, DiesWithItsHostAndTheNextOneTidiesUp) {
  int told[2];
  ASSERT_EQ(pipe(told), 0);
  const pid_t host = fork();
  if (host == 0) {
    const auto server = PrivateServer::start("", board, clock);
    while (programs_of(folder_of(**server)).size() < 3)
      std::this_thread::sleep_for(milliseconds(5));
    const std::string folder = folder_of(**server);
    (void)!write(told[1], folder.data(), folder.size());
    pause();
  }
  char text[64] = {};
  ASSERT_GT(read(told[0], text, sizeof text - 1), 0);
  const std::string folder = text;
  EXPECT_EQ(programs_of(folder).size(), 3u);
  kill(host, SIGKILL);
  waitpid(host, nullptr, 0);
  EXPECT_TRUE(eventually([&] { return programs_of(folder).empty(); }));
  EXPECT_TRUE(fs::exists(folder));
  { const auto next = PrivateServer::start("", board, clock); }
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(PrivateServerTest, RefusesAUserWhoDoesNotExist) {
  const auto server = PrivateServer::start("nobody-of-this-name", board, clock);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().kind, ErrorKind::refused);
}

TEST_F(PrivateServerTest, BelongsToTheUserWhoseDesktopItServes) {
  // Only root can start programs as somebody else.
  const std::string user = geteuid() == 0 ? "nobody" : getpwuid(geteuid())->pw_name;
  const auto server = PrivateServer::start(user, board, clock);
  ASSERT_TRUE(server) << server.error().what;
  ASSERT_TRUE(eventually([&] { return is_ready(**server); }));
  const ProgramUser owner = find_user(user).value();
  const auto programs = programs_of(folder_of(**server));
  EXPECT_EQ(programs.size(), 3u);
  for (const auto& [name, pid] : programs) {
    struct stat info {};
    ASSERT_EQ(stat(fmt::format("/proc/{}", pid).c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, owner.uid) << name;
  }
}

TEST(ChildProgram, SaysThatAProgramIsNotInstalled) {
  auto program = ChildProgram::start(
      {.program = "pf-no-such-program", .environment = {}, .log_path = "/dev/null", .user = {}});
  ASSERT_TRUE(program);
  Doorbell bell;
  Result<void> waited;
  ASSERT_TRUE(eventually([&] {
    waited = program->wait(bell, milliseconds(50));
    return !waited;
  }));
  EXPECT_EQ(waited.error().kind, ErrorKind::refused);
}

}  // namespace
}  // namespace pf::audio::pipewire
