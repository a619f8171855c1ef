#include "core/endpoint/client_input.h"

#include <utility>

namespace pf::endpoint {

void ClientInput::push(input::InputSender::Input what) {
  std::lock_guard lock(mutex_);
  if (waiting_.size() == kMaxWaiting) {
    waiting_.clear();
    waiting_.push_back(input::LetGo{});
  }
  waiting_.push_back(std::move(what));
}

void ClientInput::turn(LocalTime now) {
  std::deque<input::InputSender::Input> arrived;
  {
    std::lock_guard lock(mutex_);
    arrived.swap(waiting_);
  }
  for (const auto& what : arrived) sender_.handle(what, now);
  sender_.handle_timeout(now);
}

}  // namespace pf::endpoint
