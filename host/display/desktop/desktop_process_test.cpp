// The desktop's side of the control protocol, spoken to directly: several outputs that come, change
// and go.
#include "host/display/desktop/desktop_process.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <thread>

#include "desktop/testing/test_client.h"
#include "host/display/desktop/lookup.h"

namespace pf::display::desktop {
namespace {

using testing::TestClient;

constexpr Nanos kPatience = seconds(10);

class DesktopProcessTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto program = find_desktop_program();
    ASSERT_TRUE(program) << program.error().what;
    auto started = DesktopProcess::start(*program, {}, {});
    ASSERT_TRUE(started) << started.error().what;
    process_ = *std::move(started);
    const auto news = process_->hear(kPatience);
    ASSERT_TRUE(news && *news);
    socket_ = std::get<pf_desktop_ready>(**news).wayland_socket;
  }
  // A desktop built with sanitizers ends with another status when they found something.
  void TearDown() override {
    if (!process_ || ended_) return;
    kill(process_->pid(), SIGTERM);
    EXPECT_EQ(last_words(), "punktfunk-desktop ended with status 0");
  }
  // True when the desktop says that it is done.
  bool order(const pf_desktop_mode& message) {
    EXPECT_TRUE(process_->tell(&message, sizeof message));
    const auto news = process_->hear(kPatience);
    if (!news || !*news) return false;
    if (const auto* ready = std::get_if<pf_desktop_mode>(&**news)) {
      EXPECT_EQ(ready->output, message.output);
      EXPECT_EQ(ready->width_px, message.width_px);
      EXPECT_EQ(ready->height_px, message.height_px);
      EXPECT_EQ(ready->rate_numerator, message.rate_numerator);
      EXPECT_EQ(ready->rate_denominator, message.rate_denominator);
      return true;
    }
    return false;
  }
  bool add(std::uint32_t output, SizePx size = {320, 240}, RefreshRate rate = {60, 1}) {
    return order(
        {PF_DESKTOP_ADD_OUTPUT, output, size.width, size.height, rate.numerator, rate.denominator});
  }
  bool change(std::uint32_t output, SizePx size, RefreshRate rate = {60, 1}) {
    return order(
        {PF_DESKTOP_SET_MODE, output, size.width, size.height, rate.numerator, rate.denominator});
  }
  void remove(std::uint32_t output) {
    const pf_desktop_output message{PF_DESKTOP_REMOVE_OUTPUT, output};
    EXPECT_TRUE(process_->tell(&message, sizeof message));
  }
  // The consumer's end of a capture of that output.
  UniqueFd capture(std::uint32_t output) {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
    const UniqueFd theirs(ends[1]);
    const pf_desktop_output message{PF_DESKTOP_START_CAPTURE, output};
    EXPECT_TRUE(process_->tell(&message, sizeof message, theirs.get()));
    return UniqueFd(ends[0]);
  }
  // Kind of the next packet on a capture channel; 0 when it was closed.
  static std::uint32_t next_kind(const UniqueFd& channel) {
    pf_capture_frame frame{};
    pollfd wait{channel.get(), POLLIN, 0};
    EXPECT_EQ(poll(&wait, 1, 10'000), 1) << "nothing came";
    return recv(channel.get(), &frame, sizeof frame, MSG_DONTWAIT) > 0 ? frame.kind : 0;
  }
  // How the process ended, after it closed its socket.
  std::string last_words() {
    ended_ = true;
    for (int i = 0; i < 20; ++i)
      if (const auto news = process_->hear(kPatience); !news) return news.error().what;
    return "";
  }

  std::unique_ptr<DesktopProcess> process_;
  std::string socket_;
  bool ended_ = false;
};

TEST_F(DesktopProcessTest, HasUpToEightOutputs) {
  for (std::uint32_t i = 0; i < PF_DESKTOP_MAX_OUTPUTS; ++i)
    EXPECT_TRUE(add(i, {100 + i, 50}, {60000, 1001}));
  EXPECT_FALSE(add(PF_DESKTOP_MAX_OUTPUTS));
  EXPECT_FALSE(add(3)) << "there is one of that number";
  remove(3);
  EXPECT_TRUE(add(3));
}

TEST_F(DesktopProcessTest, RefusesOrdersForOutputsThatAreNotThere) {
  EXPECT_FALSE(change(5, {100, 100}));
  remove(5);
  const UniqueFd channel = capture(5);
  EXPECT_EQ(next_kind(channel), 0u);
  const auto refused = process_->hear(kPatience);
  ASSERT_TRUE(refused && *refused);
  EXPECT_TRUE(std::holds_alternative<pf_desktop_output>(**refused));
  EXPECT_TRUE(add(5)) << "it still works";
}

TEST_F(DesktopProcessTest, TellsConsumersThatAnOutputGoes) {
  ASSERT_TRUE(add(0));
  ASSERT_TRUE(add(1));
  const UniqueFd first = capture(0);
  const UniqueFd second = capture(1);
  EXPECT_EQ(next_kind(first), static_cast<std::uint32_t>(PF_CAPTURE_FRAME));
  EXPECT_EQ(next_kind(second), static_cast<std::uint32_t>(PF_CAPTURE_FRAME));
  remove(0);
  EXPECT_EQ(next_kind(first), static_cast<std::uint32_t>(PF_CAPTURE_GONE));
  EXPECT_EQ(next_kind(first), 0u);
  EXPECT_TRUE(change(1, {400, 300})) << "the other one stays";
  EXPECT_EQ(next_kind(second), static_cast<std::uint32_t>(PF_CAPTURE_FRAME));
}

TEST_F(DesktopProcessTest, DropsAConsumerThatSaysNonsense) {
  ASSERT_TRUE(add(0));
  const UniqueFd channel = capture(0);
  EXPECT_EQ(next_kind(channel), static_cast<std::uint32_t>(PF_CAPTURE_FRAME));
  const pf_capture_release never_lent{PF_CAPTURE_RELEASE, 12345};
  EXPECT_GT(send(channel.get(), &never_lent, sizeof never_lent, MSG_NOSIGNAL), 0);
  EXPECT_EQ(next_kind(channel), 0u);
  const UniqueFd another = capture(0);
  EXPECT_EQ(next_kind(another), static_cast<std::uint32_t>(PF_CAPTURE_FRAME));
}

TEST_F(DesktopProcessTest, KeepsWindowsWhenTheirOutputGoesAndAnotherComes) {
  ASSERT_TRUE(add(0));
  const auto client = TestClient::open(socket_);
  ASSERT_NE(client, nullptr);
  ASSERT_TRUE(client->animate(3, [](int) { return 0xFFu; }));
  remove(0);
  ASSERT_TRUE(client->paint_all(0x00FF00)) << "without any output";
  ASSERT_TRUE(add(0, {640, 360}));
  ASSERT_TRUE(client->settle());
  EXPECT_EQ(client->size_px(), (SizePx{640, 360}));
  // Frame callbacks come again: here the window lies where it lay before.
  EXPECT_TRUE(client->animate(3, [](int) { return 0xFFu; }));
  ASSERT_TRUE(add(1, {200, 100}));
  remove(0);
  ASSERT_TRUE(client->settle());
  EXPECT_EQ(client->size_px(), (SizePx{200, 100})) << "it moved to the output that is left";
  EXPECT_TRUE(client->animate(3, [](int) { return 0xFFu; }));
}

TEST_F(DesktopProcessTest, NeverRefreshesFasterThanAsked) {
  ASSERT_TRUE(add(0, {64, 64}, {20, 1}));
  const auto client = TestClient::open(socket_);
  ASSERT_NE(client, nullptr);
  ASSERT_TRUE(client->animate(5, [](int) { return 1u; }));
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(client->animate(20, [](int i) { return static_cast<std::uint32_t>(i); }));
  // 20 pictures span 19 periods of 50 ms; the first callback may still have been due.
  EXPECT_GE(std::chrono::steady_clock::now() - start, milliseconds(18 * 50));
}

TEST_F(DesktopProcessTest, EndsWhenTheHostSaysNonsense) {
  const std::uint32_t nonsense[3] = {77, 1, 2};
  ASSERT_TRUE(process_->tell(nonsense, sizeof nonsense));
  EXPECT_EQ(last_words(), "punktfunk-desktop ended with status 1");
}

TEST_F(DesktopProcessTest, EndsWhenAnOrderIsCutShort) {
  const pf_desktop_mode message{PF_DESKTOP_ADD_OUTPUT, 0, 320, 240, 60, 1};
  ASSERT_TRUE(process_->tell(&message, sizeof message - 4));
  EXPECT_EQ(last_words(), "punktfunk-desktop ended with status 1");
}

TEST_F(DesktopProcessTest, ManyOutputsComeAndGoWithoutHarm) {
  const auto client = TestClient::open(socket_);
  ASSERT_NE(client, nullptr);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(add(0, {static_cast<std::uint32_t>(100 + i), 100}));
    const UniqueFd channel = capture(0);
    EXPECT_EQ(next_kind(channel), static_cast<std::uint32_t>(PF_CAPTURE_FRAME));
    ASSERT_TRUE(client->settle() && client->paint_all(0x123456));
    remove(0);
  }
}

}  // namespace
}  // namespace pf::display::desktop
