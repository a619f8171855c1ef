#include "host/admin/admin_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "host/admin/admin_link.h"
#include "host/admin/admin_testing.h"
#include "host/admin/unix_address.h"

namespace pf::admin {
namespace {

using Json = nlohmann::ordered_json;

// Runs by itself, and jumps when told.
class JumpingClock final : public Clock {
 public:
  LocalTime now() const noexcept override { return clock_.now() + Nanos(jump_ns_.load()); }
  void jump(Nanos by) { jump_ns_ += by.count(); }

 private:
  SystemClock clock_;
  std::atomic<std::int64_t> jump_ns_{0};
};

class AdminSocketTest : public ::testing::Test {
 protected:
  void SetUp() override { wait_for(Health::working); }

  void wait_for(Health health) {
    for (;;) {
      for (const HealthRow& row : board_.rows(clock_.now())) {
        if (row.worker == "administration" && row.health == health) return;
      }
      std::this_thread::yield();
    }
  }

  // Without AdminLink's manners.
  UniqueFd connect_raw() {
    const sockaddr_un address = *unix_address(path_);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    return fd;
  }
  static void say(const UniqueFd& fd, const std::string& text) {
    EXPECT_EQ(send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(text.size()));
  }
  // Until the host hangs up, or has sent so many lines.
  static std::string hear(const UniqueFd& fd, std::ptrdiff_t lines = 1000) {
    std::string text;
    char chunk[4096];
    while (std::count(text.begin(), text.end(), '\n') < lines) {
      const ssize_t count = recv(fd.get(), chunk, sizeof chunk, 0);
      if (count <= 0) break;
      text.append(chunk, static_cast<std::size_t>(count));
    }
    return text;
  }

  TestingHost host_;
  JumpingClock clock_;
  HealthBoard board_;
  const std::string path_ = host_.folder.path() + "/admin.sock";
  AdminSocket socket_{path_, host_.administration, board_, clock_};
};

TEST_F(AdminSocketTest, AnswersQuestionAfterQuestion) {
  auto link = AdminLink::open({"/nonexistent/admin.sock", path_});
  ASSERT_TRUE(link) << link.error().what;
  for (int i = 0; i < 3; ++i) {
    const auto answer = link->ask("status", Json::object());
    ASSERT_TRUE(answer && *answer);
    EXPECT_EQ((**answer)["name"], "box");
  }
  const auto refused = link->ask("unpair", {{"device", "nobody"}});
  ASSERT_TRUE(refused && !*refused);
  EXPECT_EQ(refused->error().code, "not_found");
}

TEST_F(AdminSocketTest, IsForTheOwnerAlone) {
  struct stat facts {};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(AdminSocketTest, TakesRequestsInPiecesAndSeveralAtOnce) {
  const UniqueFd fd = connect_raw();
  say(fd, "{\"op\":\"sta");
  say(fd, "tus\"}\n{\"op\":\"devices\"}\n\n{\"op\":\"sessions\"}\n");
  const std::string answers = hear(fd, 4);
  EXPECT_EQ(std::count(answers.begin(), answers.end(), '\n'), 4);
  EXPECT_NE(answers.find("\"sessions\":[]"), std::string::npos);
}

TEST_F(AdminSocketTest, ARequestWithoutEndIsRefused) {
  const UniqueFd fd = connect_raw();
  say(fd, std::string(kMaxRequestBytes + 1, 'x'));
  EXPECT_NE(hear(fd).find("bad_argument"), std::string::npos);
}

TEST_F(AdminSocketTest, OneMoreThanManyIsSentAway) {
  std::vector<UniqueFd> many;
  for (std::size_t i = 0; i < kMaxConnections; ++i) {
    many.push_back(connect_raw());
    say(many.back(), "{\"op\":\"status\"}\n");
    hear(many.back(), 1);
  }
  EXPECT_NE(hear(connect_raw()).find("exhausted"), std::string::npos);
  many.pop_back();
  for (;;) {  // the place is free as soon as the host has noticed
    const UniqueFd fd = connect_raw();
    say(fd, "{\"op\":\"status\"}\n");
    if (hear(fd, 1).find("box") != std::string::npos) break;
  }
}

TEST_F(AdminSocketTest, WhoeverFallsSilentInTheMiddleLosesTheConnection) {
  const UniqueFd fd = connect_raw();
  say(fd, "{\"op\":");
  const UniqueFd other = connect_raw();
  say(other, "{\"op\":\"status\"}\n");
  hear(other, 1);  // by now the host knows both
  clock_.jump(kConnectionPatience + seconds(1));
  EXPECT_EQ(hear(fd), "");
  EXPECT_EQ(hear(other), "");
}

TEST_F(AdminSocketTest, TwoHostsDoNotTakeEachOthersSocket) {
  HealthBoard other_board;
  std::string reason;
  {
    AdminSocket second(path_, host_.administration, other_board, clock_);
    while (reason.empty()) {
      for (const HealthRow& row : other_board.rows(clock_.now())) {
        if (row.health == Health::given_up) reason = row.reason;
      }
      std::this_thread::yield();
    }
  }
  EXPECT_NE(reason.find(path_), std::string::npos);
  EXPECT_TRUE(AdminLink::open({path_}));
}

TEST(AdminLink, SaysThatNoHostRuns) {
  const auto link = AdminLink::open({"/nonexistent/admin.sock"});
  ASSERT_FALSE(link);
  EXPECT_EQ(link.error().kind, ErrorKind::unavailable);
}

TEST(AdminLink, APathThatIsTooLongIsNamed) {
  const auto link = AdminLink::open({"/" + std::string(200, 'x')});
  ASSERT_FALSE(link);
  EXPECT_NE(link.error().what.find("XDG_RUNTIME_DIR"), std::string::npos);
}

}  // namespace
}  // namespace pf::admin
