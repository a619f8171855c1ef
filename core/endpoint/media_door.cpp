#include "core/endpoint/media_door.h"

namespace pf::endpoint {
namespace {

crypto::Direction reverse(crypto::Direction direction) noexcept {
  return direction == crypto::Direction::host_to_client ? crypto::Direction::client_to_host
                                                        : crypto::Direction::host_to_client;
}

}  // namespace

MediaDoor::MediaDoor(const MediaConfig& config, crypto::Direction outgoing,
                     std::unique_ptr<MediaLink> link)
    : link_(std::move(link)) {
  if (!config.encrypted) return;
  sealer_.emplace(crypto::KeySource::aes128_gcm(config.key, config.salt, outgoing),
                  packet_format(config));
  opener_.emplace(crypto::KeySource::aes128_gcm(config.key, config.salt, reverse(outgoing)),
                  packet_format(config));
}

bool MediaDoor::send(PacketRun run) noexcept {
  if (sealer_) sealer_->seal(run);
  return send_sealed(run);
}

bool MediaDoor::send_sealed(PacketRun run) noexcept {
  const LinkSend sent = link_->send(run);
  const std::uint32_t taken = run.count - sent.refused_packets;
  add(counters_.packets_sent, taken);
  add(counters_.packets_refused, sent.refused_packets);
  add(counters_.bytes_sent, std::uint64_t{taken} * run.stride);
  return !sent.broken;
}

std::optional<MutableBytes> MediaDoor::receive() noexcept {
  for (int unusable = 0; unusable < kMaxUnusable; ++unusable) {
    const auto datagram = next_datagram();
    if (!datagram) return std::nullopt;
    add(counters_.packets_received, 1);
    add(counters_.bytes_received, datagram->size());
    if (const auto content = open(*datagram)) return content;
    add(counters_.packets_dropped, 1);
  }
  return std::nullopt;
}

std::optional<MutableBytes> MediaDoor::next_datagram() noexcept {
  if (datagrams_begin_ == datagrams_end_) {
    const auto count = link_->receive(datagrams_);
    broken_ = !count;
    datagrams_begin_ = 0;
    datagrams_end_ = count.value_or(0);
    if (datagrams_end_ == 0) return std::nullopt;
  }
  return datagrams_[datagrams_begin_++];
}

std::optional<MutableBytes> MediaDoor::open(MutableBytes datagram) noexcept {
  if (!opener_) return datagram;
  const auto opened = opener_->open(datagram);
  return opened ? std::optional(*opened) : std::nullopt;
}

}  // namespace pf::endpoint
