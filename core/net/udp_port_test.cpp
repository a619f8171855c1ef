#include "core/net/udp_port.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/base/rng.h"
#include "core/runtime/system_clock.h"

namespace pf::net {
namespace {

constexpr Nanos kPatience = seconds(5);

class UdpPortTest : public ::testing::Test {
 protected:
  std::unique_ptr<UdpPort> open(UdpPort::Options options = {}) {
    auto port = UdpPort::open(Endpoint::loopback(0), clock_, options);
    EXPECT_TRUE(port) << port.error().what;
    return std::move(*port);
  }
  // Packets of `stride` random bytes; all of a test fit the queue an unprivileged socket has.
  PacketRun make_run(std::uint32_t count, std::uint16_t stride) {
    memory_.resize(std::size_t{count} * stride);
    SeededRng(4).fill(memory_);
    return {.base = memory_.data(), .count = count, .stride = stride};
  }
  // Receives `bytes` in all, and joins them.
  std::vector<std::byte> receive_bytes(UdpPort& port, std::size_t bytes, std::size_t datagram_bytes,
                                       const Endpoint& source, std::size_t at_once) {
    std::vector<std::byte> joined;
    std::vector<Datagram> datagrams(at_once);
    while (joined.size() < bytes) {
      const std::size_t count = port.receive(datagrams, bell_, kPatience);
      if (count == 0) break;
      for (const Datagram& datagram : std::span(datagrams).first(count)) {
        EXPECT_EQ(datagram.bytes.size(), datagram_bytes);
        EXPECT_EQ(datagram.source, source);
        EXPECT_LE(datagram.received_at, clock_.now());
        joined.insert(joined.end(), datagram.bytes.begin(), datagram.bytes.end());
      }
    }
    return joined;
  }

  SystemClock clock_;
  Doorbell bell_;
  std::vector<std::byte> memory_;
};

TEST_F(UdpPortTest, CarriesRunsInBatchesAndSplitsWhatTheKernelJoined) {
  const auto a = open(), b = open();
  const PacketRun run = make_run(101, 1472);
  EXPECT_EQ(a->send(run, b->local()), SendOutcome::sent);
  EXPECT_TRUE(a->segments(1472));
  EXPECT_EQ(receive_bytes(*b, run.bytes(), 1472, a->local(), 10), memory_);
  EXPECT_EQ(a->counters().sent_packets.load(), 101u);
  EXPECT_EQ(b->counters().received_datagrams.load(), 101u);
}

TEST_F(UdpPortTest, CarriesTheSameWithoutOffload) {
  const auto a = open({.segmentation = false}), b = open({.segmentation = false});
  const PacketRun run = make_run(90, 1000);
  EXPECT_EQ(a->send(run, b->local()), SendOutcome::sent);
  EXPECT_FALSE(a->segments(1));
  EXPECT_EQ(receive_bytes(*b, run.bytes(), 1000, a->local(), 64), memory_);
}

TEST_F(UdpPortTest, FallsBackWhereTheKernelRefusesSegments) {
  const auto a = open(), b = open();
  // More than a datagram can hold is refused with EMSGSIZE, as is a segment above the path's MTU.
  const PacketRun too_large = make_run(1, 65'508);
  EXPECT_EQ(a->send(too_large, b->local()), SendOutcome::partly_sent);
  EXPECT_FALSE(a->segments(65'508));
  EXPECT_TRUE(a->segments(65'507));  // smaller ones may fit
  EXPECT_EQ(a->counters().refused_packets.load(), 1u);
  const PacketRun run = make_run(70, 1472);
  EXPECT_EQ(a->send(run, b->local()), SendOutcome::sent);
  EXPECT_EQ(receive_bytes(*b, run.bytes(), 1472, a->local(), 64), memory_);
}

TEST_F(UdpPortTest, NobodyListeningDoesNotDisturbThePort) {
  const auto a = open();
  Endpoint gone;
  { gone = open()->local(); }
  for (int i = 0; i < 3; ++i) EXPECT_EQ(a->send(make_run(1, 100), gone), SendOutcome::sent);
  const auto b = open();
  EXPECT_EQ(a->send(make_run(1, 100), b->local()), SendOutcome::sent);
  EXPECT_EQ(receive_bytes(*b, 100, 100, a->local(), 1), memory_);
}

TEST_F(UdpPortTest, ReceivingWaitsForTheBellOrThePatience) {
  const auto port = open();
  std::vector<Datagram> into(4);
  EXPECT_EQ(port->receive(into, bell_, milliseconds(1)), 0u);
  bell_.ring();
  EXPECT_EQ(port->receive(into, bell_, kPatience), 0u);
}

TEST_F(UdpPortTest, WakesAnotherThreadThatWaits) {
  const auto a = open(), b = open();
  std::vector<std::byte> received;
  std::thread receiver([&] { received = receive_bytes(*b, 100, 100, a->local(), 1); });
  EXPECT_EQ(a->send(make_run(1, 100), b->local()), SendOutcome::sent);
  receiver.join();
  EXPECT_EQ(received, memory_);
}

TEST_F(UdpPortTest, APortThatIsTakenIsRefusedByName) {
  const auto a = open();
  const auto again = UdpPort::open(a->local(), clock_, {});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().kind, ErrorKind::refused);
  EXPECT_NE(again.error().what.find(a->local().to_string()), std::string::npos);
}

// A plain socket that tells how what it receives was marked.
class MarkReader {
 public:
  explicit MarkReader(const Endpoint& at)
      : socket_(::socket(at.is_ipv6() ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    EXPECT_EQ(setsockopt(socket_.get(), at.is_ipv6() ? IPPROTO_IPV6 : IPPROTO_IP,
                         at.is_ipv6() ? IPV6_RECVTCLASS : IP_RECVTOS, &on, sizeof on),
              0);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    EXPECT_EQ(bind(socket_.get(), at.data(), at.size_bytes()), 0);
  }
  Endpoint local() const {
    sockaddr_storage bound{};
    socklen_t bytes = sizeof bound;
    getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&bound), &bytes);
    return *Endpoint::from_sockaddr(reinterpret_cast<const sockaddr*>(&bound), bytes);
  }
  // Of the next datagram; -1: none came, or nothing was said of it.
  int next_dscp() {
    char data[2048];
    alignas(cmsghdr) char control[128];
    iovec vector{.iov_base = data, .iov_len = sizeof data};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    if (recvmsg(socket_.get(), &header, 0) < 0) return -1;
    const cmsghdr* const extra = CMSG_FIRSTHDR(&header);
    if (extra == nullptr) return -1;
    return *static_cast<const std::uint8_t*>(CMSG_DATA(extra)) >> 2;
  }

 private:
  UniqueFd socket_;
};

TEST_F(UdpPortTest, MarksWhatItIsToldToMark) {
  std::array<std::uint8_t, 16> loopback{};
  loopback[15] = 1;
  const PacketRun batch = make_run(5, 1000);
  for (const Endpoint& at : {Endpoint::loopback(0), Endpoint::ipv6(loopback, 0)}) {
    MarkReader reader(at);
    const auto marked = UdpPort::open(at, clock_, {.dscp = 34}).value();
    const auto plain = UdpPort::open(at, clock_, {}).value();
    marked->send(batch, reader.local());
    marked->send(batch.part(0, 1), reader.local(), 46);
    plain->send(batch, reader.local(), 34);
    plain->send(batch.part(0, 1), reader.local());
    for (const int dscp : {34, 34, 34, 34, 34, 46, 34, 34, 34, 34, 34, 0})
      EXPECT_EQ(reader.next_dscp(), dscp) << at.to_string();
  }
}

TEST_F(UdpPortTest, MarksIpv4FromASocketOfBothFamilies) {
  MarkReader reader(Endpoint::loopback(0));
  const auto port = UdpPort::open(*Endpoint::parse("[::]:0"), clock_, {.dscp = 34}).value();
  const auto mapped =
      *Endpoint::parse("[::ffff:127.0.0.1]:" + std::to_string(reader.local().port()));
  const PacketRun single = make_run(1, 100);
  EXPECT_EQ(port->send(single, mapped), SendOutcome::sent);
  EXPECT_EQ(port->send(single, mapped, 46), SendOutcome::sent);
  EXPECT_EQ(reader.next_dscp(), 34);
  EXPECT_EQ(reader.next_dscp(), 46);
}

TEST_F(UdpPortTest, SpeaksIpv6WhereTheMachineDoes) {
  std::array<std::uint8_t, 16> loopback{};
  loopback[15] = 1;
  auto a = UdpPort::open(Endpoint::ipv6(loopback, 0), clock_, {.dscp = 46});
  ASSERT_TRUE(a) << "no IPv6 loopback here: " << a.error().what;
  auto b = UdpPort::open(Endpoint::ipv6(loopback, 0), clock_, {});
  ASSERT_TRUE(b);
  const PacketRun run = make_run(50, 1452);
  EXPECT_EQ((*a)->send(run, (*b)->local()), SendOutcome::sent);
  EXPECT_EQ(receive_bytes(**b, run.bytes(), 1452, (*a)->local(), 7), memory_);
}

}  // namespace
}  // namespace pf::net
