#include "core/quic/ngtcp2_words.h"

#include <algorithm>

namespace pf::quic {
namespace {

constexpr Nanos kClockShift = std::chrono::hours(1);

}  // namespace

ngtcp2_tstamp to_timestamp(LocalTime now) noexcept {
  return static_cast<ngtcp2_tstamp>((now.since_epoch() + kClockShift).count());
}

LocalTime from_timestamp(ngtcp2_tstamp stamp) noexcept {
  return LocalTime(Nanos(static_cast<std::int64_t>(stamp)) - kClockShift);
}

ngtcp2_duration to_duration(Nanos duration) noexcept {
  return static_cast<ngtcp2_duration>(duration.count());
}

ngtcp2_cid to_cid(Bytes bytes) noexcept {
  ngtcp2_cid cid;
  ngtcp2_cid_init(&cid, raw(bytes), std::min<std::size_t>(bytes.size(), NGTCP2_MAX_CIDLEN));
  return cid;
}

ngtcp2_addr to_addr(const Endpoint& endpoint) noexcept {
  return {const_cast<sockaddr*>(endpoint.data()), endpoint.size_bytes()};
}

Endpoint from_addr(const ngtcp2_addr& addr) noexcept {
  return Endpoint::from_sockaddr(addr.addr, addr.addrlen).value_or(Endpoint());
}

const std::uint8_t* raw(Bytes bytes) noexcept {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}
std::uint8_t* raw(MutableBytes bytes) noexcept {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}

}  // namespace pf::quic
