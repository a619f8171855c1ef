#include "core/net/udp_port.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace pf::net {
namespace {

// Kernels before 6.9 take 64 segments a batch; a batch is one UDP payload besides, which bites
// first above 1023 bytes a packet.
constexpr std::uint32_t kMaxSegments = 64;
constexpr std::uint32_t kBatchesPerCall = 8;   // with segmentation: up to half a megabyte
constexpr std::uint32_t kPacketsPerCall = 64;  // without
constexpr Nanos kSendPatience =
    milliseconds(20);  // a full queue that long will not empty in time for the frame
constexpr int kQueueRetryMs = 1;

constexpr int kPriority =
    6;  // SO_PRIORITY of interactive traffic; the highest that needs no privilege

void set_option(int socket, int level, int name, int value) noexcept {
  // All of these are wishes; the port works without.
  (void)setsockopt(socket, level, name, &value, sizeof value);
}

void grow_buffer(int socket, int name, int forced_name, std::uint32_t bytes) noexcept {
  const int wanted = static_cast<int>(bytes);
  if (setsockopt(socket, SOL_SOCKET, forced_name, &wanted, sizeof wanted) == 0)
    return;  // privileged
  set_option(socket, SOL_SOCKET, name, wanted);
}

bool refuses_segmentation(int error) noexcept {
  return error == EMSGSIZE || error == EIO || error == EINVAL;
}

struct Control {
  alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(std::uint16_t)) + CMSG_SPACE(sizeof(int))];
};

template <class Value>
void add_control(msghdr& header, Control& control, int level, int type, Value value) noexcept {
  auto* const extra = reinterpret_cast<cmsghdr*>(control.bytes + header.msg_controllen);
  extra->cmsg_level = level;
  extra->cmsg_type = type;
  extra->cmsg_len = CMSG_LEN(sizeof value);
  std::memcpy(CMSG_DATA(extra), &value, sizeof value);
  header.msg_control = control.bytes;
  header.msg_controllen += CMSG_SPACE(sizeof value);
}

// Whether its packets are IPv6's, whatever socket they leave from.
bool goes_over_ipv6(const Endpoint& to) noexcept {
  return to.is_ipv6() &&
         !IN6_IS_ADDR_V4MAPPED(&reinterpret_cast<const sockaddr_in6*>(to.data())->sin6_addr);
}

// One message of `packets` packets from `first` on; with `segment_bytes` the kernel cuts it up.
void fill_message(mmsghdr& message, iovec& vector, Control& control, PacketRun part,
                  const Endpoint& to, std::uint16_t segment_bytes, std::uint8_t dscp) noexcept {
  vector = {.iov_base = part.base, .iov_len = part.bytes()};
  message = {};
  msghdr& header = message.msg_hdr;
  header.msg_name = const_cast<sockaddr*>(to.data());  // the kernel only reads it
  header.msg_namelen = to.size_bytes();
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  if (dscp != 0) {
    const bool v6 = goes_over_ipv6(to);
    add_control(header, control, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_TCLASS : IP_TOS,
                dscp << 2);
  }
  if (segment_bytes != 0 && part.count > 1)
    add_control(header, control, SOL_UDP, UDP_SEGMENT, segment_bytes);
}

// The size the kernel says the pieces of a coalesced train have; 0: it is one datagram.
std::size_t piece_bytes(msghdr& header) noexcept {
  for (cmsghdr* extra = CMSG_FIRSTHDR(&header); extra != nullptr;
       extra = CMSG_NXTHDR(&header, extra)) {
    if (extra->cmsg_level != SOL_UDP || extra->cmsg_type != UDP_GRO) continue;
    int bytes = 0;
    std::memcpy(&bytes, CMSG_DATA(extra), sizeof bytes);
    return bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
  }
  return 0;
}

}  // namespace

Result<std::unique_ptr<UdpPort>> UdpPort::open(const Endpoint& address, const Clock& clock,
                                               const Options& options) {
  const int family = address.is_ipv6() ? AF_INET6 : AF_INET;
  UniqueFd socket(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket) return fail_os(ErrorKind::unavailable, errno, "no UDP socket can be made");
  const int fd = socket.get();
  grow_buffer(fd, SO_RCVBUF, SO_RCVBUFFORCE, options.buffer_bytes);
  grow_buffer(fd, SO_SNDBUF, SO_SNDBUFFORCE, options.buffer_bytes);
  if (options.dscp != 0) {
    // An IPv6 socket sends to mapped IPv4 addresses too.
    set_option(fd, IPPROTO_IP, IP_TOS, options.dscp << 2);
    if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, options.dscp << 2);
    set_option(fd, SOL_SOCKET, SO_PRIORITY, kPriority);
  }
  if (options.whole_packets) {
    set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE);
    if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE);
  }
  // "::" means IPv4 too, whatever net.ipv6.bindv6only says.
  if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (options.segmentation) set_option(fd, SOL_UDP, UDP_GRO, 1);
  if (bind(fd, address.data(), address.size_bytes()) != 0) {
    const int error = errno;
    return fail_os(
        error == EADDRINUSE || error == EACCES ? ErrorKind::refused : ErrorKind::unavailable, error,
        "UDP " + address.to_string() + " cannot be bound");
  }
  sockaddr_storage bound{};
  socklen_t bound_bytes = sizeof bound;
  getsockname(fd, reinterpret_cast<sockaddr*>(&bound), &bound_bytes);
  const auto local =
      Endpoint::from_sockaddr(reinterpret_cast<const sockaddr*>(&bound), bound_bytes);
  if (!local)
    return fail(ErrorKind::internal, "the system bound UDP {} to no address", address.to_string());
  return std::unique_ptr<UdpPort>(
      new UdpPort(std::move(socket), *local, clock, options.segmentation));
}

UdpPort::UdpPort(UniqueFd socket, const Endpoint& local, const Clock& clock, bool segmentation)
    : socket_(std::move(socket)),
      local_(local),
      clock_(clock),
      refused_stride_(segmentation ? std::uint32_t{65'536} : 0),
      buffers_(new std::byte[kReceiveBuffers * kReceiveBufferBytes]) {}  // untouched until used

std::uint32_t UdpPort::batch_packets(std::uint16_t stride) noexcept {
  return std::clamp<std::uint32_t>(static_cast<std::uint32_t>(kMaxUdpPayloadBytes / stride), 1,
                                   kMaxSegments);
}

SendOutcome UdpPort::send(PacketRun run, const Endpoint& to, std::uint8_t dscp) noexcept {
  const std::uint64_t refused_before = counters_.refused_packets.load(std::memory_order_relaxed);
  LocalTime give_up_at{};
  while (run.count > 0) {
    BatchResult result = send_batch(run, to, dscp);
    if (result == BatchResult::retry) result = after_error(errno, run, give_up_at);
    if (result == BatchResult::give_up || result == BatchResult::unreachable) {
      counters_.refused_packets.fetch_add(run.count, std::memory_order_relaxed);
      return result == BatchResult::unreachable ? SendOutcome::unreachable
                                                : SendOutcome::partly_sent;
    }
  }
  const bool all = counters_.refused_packets.load(std::memory_order_relaxed) == refused_before;
  return all ? SendOutcome::sent : SendOutcome::partly_sent;
}

// One system call's worth; what it took leaves `rest`. On retry, errno says why nothing was taken.
UdpPort::BatchResult UdpPort::send_batch(PacketRun& rest, const Endpoint& to,
                                         std::uint8_t dscp) noexcept {
  std::array<mmsghdr, kPacketsPerCall> messages;
  std::array<iovec, kPacketsPerCall> vectors;
  std::array<Control, kBatchesPerCall> controls;
  std::array<std::uint32_t, kPacketsPerCall> packets;
  const bool segments = this->segments(rest.stride);
  const std::uint32_t per_message = segments ? batch_packets(rest.stride) : 1;
  const std::uint32_t most = segments ? kBatchesPerCall : kPacketsPerCall;
  std::uint32_t message_count = 0;
  for (std::uint32_t at = 0; at < rest.count && message_count < most; ++message_count) {
    packets[message_count] = std::min(per_message, rest.count - at);
    fill_message(messages[message_count], vectors[message_count],
                 controls[segments ? message_count : 0], rest.part(at, packets[message_count]), to,
                 segments ? rest.stride : std::uint16_t{0}, dscp);
    at += packets[message_count];
  }
  const int taken = sendmmsg(socket_.get(), messages.data(), message_count, 0);
  if (taken <= 0) return BatchResult::retry;
  std::uint32_t count = 0;
  for (int i = 0; i < taken; ++i) count += packets[static_cast<std::size_t>(i)];
  rest = rest.part(count, rest.count - count);
  counters_.sent_packets.fetch_add(count, std::memory_order_relaxed);
  return BatchResult::taken;
}

UdpPort::BatchResult UdpPort::after_error(int error, PacketRun& rest,
                                          LocalTime& give_up_at) noexcept {
  if (refuses_segmentation(error) && segments(rest.stride)) {
    refused_stride_.store(rest.stride, std::memory_order_relaxed);
    return BatchResult::retry;
  }
  switch (error) {
    case EINTR:
    case ECONNREFUSED:  // an answer to something sent earlier; told once
      break;
    case EAGAIN:
    case ENOBUFS: {
      const LocalTime now = clock_.now();
      if (give_up_at == LocalTime{}) give_up_at = now + kSendPatience;
      if (now >= give_up_at) return BatchResult::give_up;
      // A full device queue wakes nobody, so a moment's sleep then.
      pollfd writable{socket_.get(), POLLOUT, 0};
      poll(&writable, error == EAGAIN ? 1 : 0, kQueueRetryMs);
      break;
    }
    case EMSGSIZE:  // this packet is larger than the path; the next has its size, but the path may
                    // change
      counters_.refused_packets.fetch_add(1, std::memory_order_relaxed);
      rest = rest.part(1, rest.count - 1);
      break;
    default:
      return BatchResult::unreachable;
  }
  return BatchResult::retry;
}

std::size_t UdpPort::receive(std::span<Datagram> into, Doorbell& bell, Nanos patience) noexcept {
  if (trains_begin_ == trains_end_) {
    // After a read that left buffers empty there is nothing more, most likely, and waiting for it
    // ends at once if there is: one call instead of two.
    const bool waits = patience > Nanos(0);
    const bool found = (!emptied_ || !waits) && read_trains() > 0;
    if (!found && (!waits || !bell.wait_with(socket_.get(), patience) || read_trains() == 0))
      return 0;
  }
  return hand_out(into);
}

// How many buffers were filled.
std::size_t UdpPort::read_trains() noexcept {
  std::array<mmsghdr, kReceiveBuffers> messages{};
  std::array<iovec, kReceiveBuffers> vectors;
  std::array<sockaddr_storage, kReceiveBuffers> sources;
  struct GroControl {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int))];
  };
  std::array<GroControl, kReceiveBuffers> controls;
  for (std::size_t i = 0; i < kReceiveBuffers; ++i) {
    vectors[i] = {.iov_base = buffers_.get() + i * kReceiveBufferBytes,
                  .iov_len = kReceiveBufferBytes};
    msghdr& header = messages[i].msg_hdr;
    header.msg_name = &sources[i];
    header.msg_namelen = sizeof sources[i];
    header.msg_iov = &vectors[i];
    header.msg_iovlen = 1;
    header.msg_control = controls[i].bytes;
    header.msg_controllen = sizeof controls[i].bytes;
  }
  trains_begin_ = trains_end_ = 0;
  const int received =
      recvmmsg(socket_.get(), messages.data(), kReceiveBuffers, MSG_DONTWAIT, nullptr);
  emptied_ = received < static_cast<int>(kReceiveBuffers);
  if (received <= 0) {
    if (received < 0 && errno != EAGAIN)
      counters_.receive_errors.fetch_add(1, std::memory_order_relaxed);
    return 0;
  }
  trains_received_at_ = clock_.now();
  for (std::size_t i = 0; i < static_cast<std::size_t>(received); ++i) {
    msghdr& header = messages[i].msg_hdr;
    const auto source =
        Endpoint::from_sockaddr(reinterpret_cast<const sockaddr*>(&sources[i]), header.msg_namelen);
    if (!source || messages[i].msg_len == 0)
      continue;  // an empty datagram carries nothing for anybody
    const std::size_t piece = piece_bytes(header);
    trains_[trains_end_++] = {
        .rest = {buffers_.get() + i * kReceiveBufferBytes, messages[i].msg_len},
        .datagram_bytes = piece == 0 ? messages[i].msg_len : piece,
        .source = *source};
  }
  return trains_end_;
}

std::size_t UdpPort::hand_out(std::span<Datagram> into) noexcept {
  std::size_t count = 0;
  while (count < into.size() && trains_begin_ < trains_end_) {
    Train& train = trains_[trains_begin_];
    const std::size_t bytes = std::min(train.datagram_bytes, train.rest.size());
    into[count++] = {.bytes = train.rest.first(bytes),
                     .source = train.source,
                     .received_at = trains_received_at_};
    train.rest = train.rest.subspan(bytes);
    if (train.rest.empty()) ++trains_begin_;
  }
  counters_.received_datagrams.fetch_add(count, std::memory_order_relaxed);
  return count;
}

}  // namespace pf::net
