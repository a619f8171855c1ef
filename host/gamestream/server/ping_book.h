// Whose media goes where, learnt from the pings that clients send to a media port: pure.
//
// A ping is the payload that its session was given over RTSP, 16 characters, and a counter. Who
// does not know the payload changes nothing, wherever he sends from; neither does a ping that was
// heard on its way and is sent again. A client whose address changes (behind a router that forgot
// it) is followed once its old address has fallen silent: clients ping twice a second.
// Source: docs/protocol/gamestream.md sections 7.4 and 9.8.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/bytes.h"
#include "core/base/endpoint.h"
#include "core/base/time.h"
#include "host/gamestream/server/launch.h"

namespace pf::gamestream {

class PingBook {
 public:
  static constexpr Nanos kSilence = seconds(2);  // four pings

  void add(LaunchId launch, const std::string& payload);
  void remove(LaunchId launch);

  // One datagram. The launch whose media has another destination from now on: `source`.
  std::optional<LaunchId> on_datagram(Bytes datagram, const Endpoint& source, LocalTime now);

  std::uint64_t strangers() const noexcept { return strangers_; }  // datagrams that were no ping

 private:
  struct Entry {
    LaunchId launch{};
    Endpoint peer;  // empty: it has not come yet
    std::uint32_t counter = 0;
    LocalTime heard_at;
  };
  std::map<std::string, Entry, std::less<>> entries_;  // by payload
  std::uint64_t strangers_ = 0;
};

}  // namespace pf::gamestream
