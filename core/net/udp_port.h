// UDP on Linux, in batches: segmentation offload and sendmmsg out, receive offload and recvmmsg in.
//
// Measured per packet of 1400 bytes over loopback (platform notes): 1.3 us with sendmmsg alone,
// 0.15 us with segmentation offload, since the walk through the stack is what costs, not the system
// call. Where the kernel or the path refuses offload, plain sendmmsg takes over at run time, for
// packets of that size and larger ones. An answer that nobody listens there does not disturb the
// socket. See udp(7), and Documentation/networking/segmentation-offloads.rst of the kernel.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "core/base/result.h"
#include "core/base/time.h"
#include "core/net/datagram_port.h"
#include "core/runtime/unique_fd.h"

namespace pf::net {

class UdpPort final : public DatagramPort {
 public:
  struct Options {
    std::uint32_t buffer_bytes =
        8u << 20;           // of each direction in the kernel; a few frames of the highest rates
    std::uint8_t dscp = 0;  // differentiated services code point; 0: ordinary
    // QUIC's wish (RFC 9000 section 14): what is larger than the path is lost, not fragmented on
    // its way, so that arriving proves that it fits.
    bool whole_packets = false;
    bool segmentation = true;  // false: as if the kernel had no offload, in both directions
  };
  // Written by the threads that use the port, readable by any.
  struct Counters {
    std::atomic<std::uint64_t> sent_packets{0};
    std::atomic<std::uint64_t> refused_packets{0};  // that the system did not take
    std::atomic<std::uint64_t> received_datagrams{0};
    std::atomic<std::uint64_t> receive_errors{0};
  };

  // `address` may have port 0: the system chooses. `refused` when the port is taken. `clock`
  // outlives the port.
  static Result<std::unique_ptr<UdpPort>> open(const Endpoint& address, const Clock& clock,
                                               const Options& options);

  Endpoint local() const noexcept override { return local_; }
  SendOutcome send(PacketRun run, const Endpoint& to) noexcept override { return send(run, to, 0); }
  // Marked with this code point instead of the port's own (core/net/traffic_class.h); 0: with the
  // port's. For ports that several clients share.
  SendOutcome send(PacketRun run, const Endpoint& to, std::uint8_t dscp) noexcept;
  std::size_t receive(std::span<Datagram> into, Doorbell& bell, Nanos patience) noexcept override;

  const Counters& counters() const noexcept { return counters_; }
  // Packets of this size leave in batches, as far as is known.
  bool segments(std::uint16_t stride) const noexcept {
    return stride < refused_stride_.load(std::memory_order_relaxed);
  }

  // As many packets of this size as one segmentation batch takes: sends of a multiple leave no
  // batch half full.
  static std::uint32_t batch_packets(std::uint16_t stride) noexcept;

  // To sleep on it together with others: readable when receive would not wait.
  int poll_handle() const noexcept { return socket_.get(); }

 private:
  // Buffers of one recvmmsg; each holds a whole coalesced train.
  static constexpr std::size_t kReceiveBuffers = 8;
  static constexpr std::size_t kReceiveBufferBytes = 64 << 10;

  struct Train {  // what one buffer received: datagrams of one size end to end, the last perhaps
                  // shorter
    std::span<std::byte> rest;
    std::size_t datagram_bytes = 0;
    Endpoint source;
  };

  UdpPort(UniqueFd socket, const Endpoint& local, const Clock& clock, bool segmentation);

  enum class BatchResult : std::uint8_t { taken, retry, give_up, unreachable };
  BatchResult send_batch(PacketRun& rest, const Endpoint& to, std::uint8_t dscp) noexcept;
  BatchResult after_error(int error, PacketRun& rest, LocalTime& give_up_at) noexcept;

  std::size_t read_trains() noexcept;
  std::size_t hand_out(std::span<Datagram> into) noexcept;

  UniqueFd socket_;
  Endpoint local_;
  const Clock& clock_;
  // The least of which a batch was refused: none is tried again. What no longer fits the path at
  // this size may fit it when shards have become smaller.
  std::atomic<std::uint32_t> refused_stride_;
  Counters counters_;
  std::unique_ptr<std::byte[]> buffers_;
  std::array<Train, kReceiveBuffers> trains_;
  std::size_t trains_begin_ = 0;
  std::size_t trains_end_ = 0;
  LocalTime trains_received_at_;
  bool emptied_ = false;  // the socket, by the newest read
};

}  // namespace pf::net
