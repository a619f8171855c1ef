#include "sim/client_finder.h"

#include <algorithm>

namespace pf::sim {

void ClientFinder::start(const Endpoint& named, LocalTime now) noexcept {
  named_ = named;
  until_ = now + kPunchPatience;
}

void ClientFinder::on_punch(const Endpoint& source, LocalTime now) noexcept {
  if (!until_ || !source.same_address(named_)) return;
  if (source == named_) {
    other_port_.reset();
    until_ = now;
  } else if (!other_port_) {
    other_port_ = source;
    until_ = std::min(*until_, now + kNamedPortPatience);
  }
}

std::optional<Endpoint> ClientFinder::poll(LocalTime now) noexcept {
  if (!until_ || now < *until_) return std::nullopt;
  until_.reset();
  return other_port_.value_or(named_);
}

}  // namespace pf::sim
