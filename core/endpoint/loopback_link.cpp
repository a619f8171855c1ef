#include "core/endpoint/loopback_link.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace pf::endpoint {
namespace {

// Datagrams from one thread to another: records of a length and bytes in a ring. A record never
// wraps; a length of 0 sends the reader back to the start.
class Queue {
 public:
  explicit Queue(std::size_t bytes) : size_(bytes), memory_(new std::byte[bytes]) {}

  // Sender. False: full.
  bool push(Bytes packet) noexcept {
    const std::size_t needed = rounded(packet.size());
    const std::size_t begin = written_.load(std::memory_order_relaxed);
    const std::size_t free = size_ - (begin - read_.load(std::memory_order_acquire));
    const std::size_t to_end = size_ - begin % size_;
    // An empty ring begins anew past its middle, so that mostly no more of it is touched.
    const bool rewind = free == size_ && to_end < size_ / 2;
    const std::size_t skipped = to_end < needed || rewind ? to_end : 0;
    if (needed + skipped > free || needed > size_) return false;
    if (skipped > 0) write_length(begin, 0);
    write_length(begin + skipped, static_cast<std::uint32_t>(packet.size()));
    std::memcpy(at(begin + skipped) + kLengthBytes, packet.data(), packet.size());
    written_.store(begin + skipped + needed, std::memory_order_release);
    return true;
  }

  // Receiver. What the call before gave goes back first.
  std::size_t pop(std::span<MutableBytes> into) noexcept {
    read_.store(given_, std::memory_order_release);
    const std::size_t end = written_.load(std::memory_order_acquire);
    std::size_t count = 0;
    while (given_ != end && count < into.size()) {
      std::uint32_t length = 0;
      std::memcpy(&length, at(given_), kLengthBytes);
      if (length == 0) {
        given_ += size_ - given_ % size_;
        continue;
      }
      into[count++] = {at(given_) + kLengthBytes, length};
      given_ += rounded(length);
    }
    return count;
  }

 private:
  static constexpr std::size_t kLengthBytes = sizeof(std::uint32_t);
  static std::size_t rounded(std::size_t bytes) noexcept {  // so that every length fits whole
    return (kLengthBytes + bytes + 7) / 8 * 8;
  }
  std::byte* at(std::size_t position) noexcept { return memory_.get() + position % size_; }
  void write_length(std::size_t position, std::uint32_t length) noexcept {
    std::memcpy(at(position), &length, kLengthBytes);
  }

  const std::size_t size_;
  const std::unique_ptr<std::byte[]> memory_;  // not touched until used
  alignas(64) std::atomic<std::size_t> written_{0};
  alignas(64) std::atomic<std::size_t> read_{0};
  std::size_t given_ = 0;  // receiver: up to where datagrams were handed out
};

class End final : public MediaLink {
 public:
  // Two owners without an order: either end may die first.
  End(std::shared_ptr<Queue> outgoing, std::shared_ptr<Queue> incoming, std::uint32_t drop_period)
      : outgoing_(std::move(outgoing)), incoming_(std::move(incoming)), drop_period_(drop_period) {}

  LinkSend send(PacketRun run) noexcept override {
    LinkSend sent;
    for (std::uint32_t i = 0; i < run.count; ++i) {
      if (drop_period_ != 0 && ++sent_ % drop_period_ == 0) continue;
      if (!outgoing_->push(run.packet(i))) ++sent.refused_packets;
    }
    return sent;
  }
  std::optional<std::size_t> receive(std::span<MutableBytes> into) noexcept override {
    return incoming_->pop(into);
  }

 private:
  const std::shared_ptr<Queue> outgoing_, incoming_;
  const std::uint32_t drop_period_;
  std::uint64_t sent_ = 0;
};

}  // namespace

LoopbackLink::Ends LoopbackLink::make(const Params& params) {
  const std::size_t bytes = std::max<std::size_t>(params.queue_bytes / 8 * 8, 8);
  const auto down = std::make_shared<Queue>(bytes);
  const auto up = std::make_shared<Queue>(bytes);
  return {.host = std::make_unique<End>(down, up, params.host_drop_period),
          .client = std::make_unique<End>(up, down, params.client_drop_period)};
}

}  // namespace pf::endpoint
