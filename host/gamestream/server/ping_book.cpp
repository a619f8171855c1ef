#include "host/gamestream/server/ping_book.h"

#include "host/gamestream/protocol/rtsp_session.h"

namespace pf::gamestream {

void PingBook::add(LaunchId launch, const std::string& payload) {
  entries_[payload] = {.launch = launch};
}

void PingBook::remove(LaunchId launch) {
  std::erase_if(entries_, [&](const auto& entry) { return entry.second.launch == launch; });
}

std::optional<LaunchId> PingBook::on_datagram(Bytes datagram, const Endpoint& source,
                                              LocalTime now) {
  constexpr std::size_t kPayload = RtspSession::kPingBytes;
  if (datagram.size() != kPayload + 4) {
    ++strangers_;
    return std::nullopt;
  }
  const auto at = entries_.find(as_text(datagram.first(kPayload)));
  if (at == entries_.end()) {
    ++strangers_;
    return std::nullopt;
  }
  Entry& entry = at->second;
  ByteReader rest(datagram.subspan(kPayload));
  const auto counter = rest.big<std::uint32_t>();
  if (entry.peer == source) {
    entry.heard_at = now;
    entry.counter = std::max(entry.counter, counter);
    return std::nullopt;
  }
  const bool known = !entry.peer.empty();
  if (known && (counter <= entry.counter || now - entry.heard_at < kSilence)) return std::nullopt;
  entry.peer = source;
  entry.counter = counter;
  entry.heard_at = now;
  return entry.launch;
}

}  // namespace pf::gamestream
