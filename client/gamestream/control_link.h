// The control stream's connection: ENet over IPv4, sealed messages on top
// (docs/protocol/gamestream.md section 8.1). One thread.
#pragma once

#include <functional>
#include <memory>

#include "client/gamestream/protocol/control.h"
#include "core/base/endpoint.h"
#include "core/base/result.h"
#include "core/base/time.h"

namespace pf::gamestream_client {

enum class Delivery : std::uint8_t { reliable, sequenced, unsequenced };

class ControlLink {
 public:
  static constexpr std::size_t kChannels = 48;

  // Connects, with the data that says which launch this is. `lost`: nobody answers for ten seconds.
  static Result<std::unique_ptr<ControlLink>> connect(const Endpoint& host,
                                                      std::uint32_t connect_data,
                                                      const Secret<16>& key, ControlSeal::Iv iv);
  ~ControlLink();

  void send(const ControlMessage& message, std::uint8_t channel, Delivery delivery);

  using Listener = std::function<void(const ControlSeal::Opened&)>;
  // Does what is due, to be called when poll_handle() is readable and every few milliseconds.
  // False: the connection is no more.
  bool turn(const Listener& listener);
  int poll_handle() const noexcept;
  std::uint32_t round_trip_ms() const noexcept;

  // Takes leave, and waits a moment for the host to hear it.
  void disconnect();

 private:
  struct Connection;  // keeps ENet out of this header
  explicit ControlLink(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace pf::gamestream_client
