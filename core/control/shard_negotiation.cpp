#include "core/control/shard_negotiation.h"

#include <algorithm>
#include <utility>

#include "core/message/shard_size.h"

namespace pf::control {

ShardNegotiation::ShardNegotiation(const Terms& terms, LocalTime began) noexcept
    : terms_(terms),
      began_(began),
      shard_bytes_(terms.shard_bytes),
      proven_udp_bytes_(terms.proven_udp_bytes),
      next_look_(began + kFirstLook) {}

ShardNegotiation::Step ShardNegotiation::handle_timeout(LocalTime now) noexcept {
  if (offered_bytes_ != 0 && ack_until_ <= now) offered_bytes_ = 0;
  if (!next_look_ || *next_look_ > now) return {};
  const bool last = *next_look_ >= began_ + kLastLook;
  next_look_ = last ? std::nullopt : std::optional(began_ + kLastLook);
  if (proven_udp_bytes_ == 0) return {};
  Step step = look(now);
  if (last) step.learned = proven_udp_bytes_;
  return step;
}

ShardNegotiation::Step ShardNegotiation::look(LocalTime now) noexcept {
  if (terms_.client_limit_bytes == 0) return {};
  const std::uint16_t wanted =
      message::shard_bytes_on_path(proven_udp_bytes_, terms_.overhead_bytes, terms_.largest_bytes);
  if (wanted < shard_bytes_) {
    shard_bytes_ = wanted;
    return {.announce = wanted, .apply = wanted, .learned = {}};
  }
  if (wanted == shard_bytes_ || wanted > terms_.client_limit_bytes) return {};
  offered_bytes_ = wanted;
  ack_until_ = now + kAckTimeout;
  return {.announce = wanted, .apply = {}, .learned = {}};
}

// Of a reduction it is only a receipt.
ShardNegotiation::Step ShardNegotiation::on_ack(std::uint16_t shard_bytes) noexcept {
  if (offered_bytes_ == 0 || shard_bytes != offered_bytes_) return {};
  shard_bytes_ = std::exchange(offered_bytes_, std::uint16_t{0});
  return {.announce = {}, .apply = shard_bytes_, .learned = {}};
}

std::optional<LocalTime> ShardNegotiation::next_timeout() const noexcept {
  if (offered_bytes_ == 0) return next_look_;
  return next_look_ ? std::min(*next_look_, ack_until_) : ack_until_;
}

}  // namespace pf::control
