// A desktop that lies: each time one thing is wrong, and the source must say `malformed` or `lost`
// and stay alive.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <cstring>

#include "core/runtime/system_clock.h"
#include "host/capture/desktop/desktop_source.h"

namespace pf::capture::desktop {
namespace {

constexpr std::uint64_t kMemoryBytes = 64 * 4 * 32;

class LyingDesktop {
 public:
  LyingDesktop() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    ours_.reset(ends[0]);
    theirs_.reset(ends[1]);
  }

  UniqueFd take_consumer_end() { return std::move(theirs_); }
  void hang_up() { ours_.reset(); }

  void say(const void* bytes, std::size_t size, int fd = -1) const {
    iovec part{const_cast<void*>(bytes), size};
    alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int))] = {};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (fd >= 0) {
      header.msg_control = space;
      header.msg_controllen = sizeof space;
      cmsghdr* rights = CMSG_FIRSTHDR(&header);
      rights->cmsg_level = SOL_SOCKET;
      rights->cmsg_type = SCM_RIGHTS;
      rights->cmsg_len = CMSG_LEN(sizeof(int));
      std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
    }
    EXPECT_EQ(sendmsg(ours_.get(), &header, MSG_NOSIGNAL), static_cast<ssize_t>(size));
  }
  void say(const pf_capture_frame& frame, int fd = -1) const { say(&frame, sizeof frame, fd); }

  // The number of a buffer given back, or -1.
  int given_back() const {
    pf_capture_release message{};
    if (recv(ours_.get(), &message, sizeof message, MSG_DONTWAIT) != sizeof message) return -1;
    return static_cast<int>(message.buffer);
  }

 private:
  UniqueFd ours_, theirs_;
};

UniqueFd memory(std::uint64_t bytes = kMemoryBytes, int seals = F_SEAL_SHRINK) {
  UniqueFd fd(memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  EXPECT_EQ(ftruncate(fd.get(), static_cast<off_t>(bytes)), 0);
  EXPECT_EQ(fcntl(fd.get(), F_ADD_SEALS, seals), 0);
  return fd;
}

pf_capture_frame honest(std::uint32_t buffer = 1, bool with_fd = true) {
  pf_capture_frame frame{};
  frame.kind = PF_CAPTURE_FRAME;
  frame.buffer = buffer;
  frame.has_fd = with_fd ? 1 : 0;
  frame.width_px = 60;
  frame.height_px = 32;
  frame.stride_bytes = 256;
  frame.size_bytes = kMemoryBytes;
  frame.commit_ns = 1;
  return frame;
}

class ChannelLies : public ::testing::Test {
 protected:
  // What opening a source says to this first message.
  ErrorKind verdict(const pf_capture_frame& frame, UniqueFd fd = memory()) {
    desktop_.say(frame, fd.get());
    auto source = DesktopSource::open(desktop_.take_consumer_end(), clock_);
    EXPECT_FALSE(source);
    return source ? ErrorKind::internal : source.error().kind;
  }
  void open_honestly() {
    desktop_.say(honest(), memory().get());
    auto source = DesktopSource::open(desktop_.take_consumer_end(), clock_);
    ASSERT_TRUE(source) << source.error().what;
    source_ = *std::move(source);
  }
  // What the source says to everything sent by now.
  ErrorKind next_verdict() {
    const auto frame = source_->next(bell_, Nanos::zero());
    EXPECT_FALSE(frame);
    return frame ? ErrorKind::internal : frame.error().kind;
  }

  SystemClock clock_;
  Doorbell bell_;
  LyingDesktop desktop_;
  std::unique_ptr<DesktopSource> source_;
};

TEST_F(ChannelLies, AnHonestPictureIsTakenAndGivenBackOnce) {
  open_honestly();
  {
    const auto frame = source_->next(bell_, Nanos::zero());
    ASSERT_TRUE(frame && *frame);
    EXPECT_EQ((*frame)->image.stride_bytes, 256u);
    EXPECT_EQ(desktop_.given_back(), -1);
  }
  EXPECT_EQ(desktop_.given_back(), 1);
  EXPECT_EQ(desktop_.given_back(), -1);
}

TEST_F(ChannelLies, ThePictureThatWasNotTakenInTimeGoesBackAtOnce) {
  open_honestly();
  pf_capture_frame second = honest(2);
  second.damage_count = 1;
  second.damage[0] = {4, 4, 8, 8};
  desktop_.say(second, memory().get());
  const auto frame = source_->next(bell_, Nanos::zero());
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ(desktop_.given_back(), 1);
  EXPECT_TRUE((*frame)->damage_px.empty()) << "the first one was all new, so both together are";
}

TEST_F(ChannelLies, MemoryThatCouldBeShrunk) {
  EXPECT_EQ(verdict(honest(), memory(kMemoryBytes, F_SEAL_GROW)), ErrorKind::malformed);
}
TEST_F(ChannelLies, MemoryOfAnotherSize) {
  EXPECT_EQ(verdict(honest(), memory(kMemoryBytes - 4096)), ErrorKind::malformed);
}
TEST_F(ChannelLies, NotMemoryAtAll) {
  EXPECT_EQ(verdict(honest(), UniqueFd(open("/dev/null", O_RDONLY | O_CLOEXEC))),
            ErrorKind::malformed);
}
TEST_F(ChannelLies, NoMemory) { EXPECT_EQ(verdict(honest(), UniqueFd()), ErrorKind::malformed); }

TEST_F(ChannelLies, APictureLargerThanItsMemory) {
  pf_capture_frame frame = honest();
  frame.height_px = 33;
  EXPECT_EQ(verdict(frame), ErrorKind::malformed);
}
TEST_F(ChannelLies, AStrideShorterThanARow) {
  pf_capture_frame frame = honest();
  frame.stride_bytes = 236;
  EXPECT_EQ(verdict(frame), ErrorKind::malformed);
}
TEST_F(ChannelLies, NoPixels) {
  pf_capture_frame frame = honest();
  frame.width_px = 0;
  EXPECT_EQ(verdict(frame), ErrorKind::malformed);
}
TEST_F(ChannelLies, DamageOutsideOfThePicture) {
  pf_capture_frame frame = honest();
  frame.damage_count = 1;
  frame.damage[0] = {59, 0, 0xFFFFFFFF, 1};
  EXPECT_EQ(verdict(frame), ErrorKind::malformed);
}
TEST_F(ChannelLies, TooMuchDamage) {
  pf_capture_frame frame = honest();
  frame.damage_count = 17;
  EXPECT_EQ(verdict(frame), ErrorKind::malformed);
}

TEST_F(ChannelLies, APacketOfAnotherSize) {
  open_honestly();
  const pf_capture_frame frame = honest();
  desktop_.say(&frame, sizeof frame - 1);
  EXPECT_EQ(next_verdict(), ErrorKind::malformed);
}
TEST_F(ChannelLies, ABufferThatNobodyKnows) {
  open_honestly();
  desktop_.say(honest(2, false));
  EXPECT_EQ(next_verdict(), ErrorKind::malformed);
}
TEST_F(ChannelLies, TheSameBufferLentTwice) {
  open_honestly();
  desktop_.say(honest(1, false));
  EXPECT_EQ(next_verdict(), ErrorKind::malformed);
}
TEST_F(ChannelLies, AKnownBufferWithNewMemory) {
  open_honestly();
  desktop_.say(honest(1), memory().get());
  EXPECT_EQ(next_verdict(), ErrorKind::malformed);
}
TEST_F(ChannelLies, MoreBuffersThanASwapchainHas) {
  open_honestly();
  for (std::uint32_t i = 2; i <= PF_CAPTURE_MAX_BUFFERS + 1; ++i)
    desktop_.say(honest(i), memory().get());
  EXPECT_EQ(next_verdict(), ErrorKind::malformed);
}
TEST_F(ChannelLies, AnotherSizeIsALostOutput) {
  open_honestly();
  pf_capture_frame frame = honest(2);
  frame.width_px = 61;
  desktop_.say(frame, memory().get());
  EXPECT_EQ(next_verdict(), ErrorKind::lost);
}
TEST_F(ChannelLies, AnOutputThatGoesIsLost) {
  open_honestly();
  const std::uint32_t gone = PF_CAPTURE_GONE;
  desktop_.say(&gone, sizeof gone);
  EXPECT_EQ(next_verdict(), ErrorKind::lost);
}
TEST_F(ChannelLies, ADesktopThatHangsUpIsLost) {
  open_honestly();
  desktop_.hang_up();
  EXPECT_EQ(next_verdict(), ErrorKind::lost);
}
TEST_F(ChannelLies, ACommitInTheFutureHasNoNegativeAge) {
  pf_capture_frame frame = honest();
  frame.commit_ns = static_cast<std::uint64_t>((clock_.now() + seconds(3600)).ns());
  desktop_.say(frame, memory().get());
  auto source = DesktopSource::open(desktop_.take_consumer_end(), clock_);
  ASSERT_TRUE(source);
  const auto taken = (*source)->next(bell_, Nanos::zero());
  ASSERT_TRUE(taken && *taken);
  EXPECT_LE((*taken)->captured_at, (*taken)->delivered_at);
}

}  // namespace
}  // namespace pf::capture::desktop
