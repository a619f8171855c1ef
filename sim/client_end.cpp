#include "sim/client_end.h"

#include <algorithm>
#include <utility>

#include "sim/clocks.h"

namespace pf::sim {
namespace {}  // namespace

ClientEnd::ClientEnd(const Params& params, const Ways& ways, Checkers& checkers, LocalTime now)
    : params_(params), ways_(ways), checkers_(checkers), session_({.hello = params.hello}, now) {
  turn(now);
}

void ClientEnd::take_control(StreamLink::Delivery delivery, LocalTime now) {
  if (const auto* bytes = std::get_if<std::vector<std::byte>>(&delivery)) {
    read(*bytes, now);
  } else {
    session_.handle(std::get<control::PeerClosed>(std::move(delivery)), now);
  }
  turn(now);
}

void ClientEnd::read(Bytes bytes, LocalTime now) {
  stream_.read(bytes, [&](wire::v1::ControlStream::Event event) {
    if (auto* message = std::get_if<message::ControlMessage>(&event)) {
      session_.handle(std::move(*message), now);
    } else {
      session_.handle(control::BrokenHandshake{}, now);
    }
  });
}

void ClientEnd::take_datagram(MutableBytes datagram, LocalTime now) {
  if (!video_ || session_.over()) return;
  video_->take_datagram(datagram, now);
  turn(now);
}

void ClientEnd::say(const message::ControlMessage& message, LocalTime now) { send(message, now); }

void ClientEnd::leave(control::Leave how, LocalTime now) {
  session_.handle(how, now);
  turn(now);
}

void ClientEnd::test_speed(const control::SpeedTestWanted& wanted, LocalTime now) {
  session_.handle(wanted, now);
  turn(now);
}

void ClientEnd::handle_timeout(LocalTime now) {
  if (session_.over()) return;
  if (video_) video_->handle_timeout(now);
  turn(now);
}

std::optional<LocalTime> ClientEnd::next_timeout() const {
  if (session_.over()) return std::nullopt;
  const std::optional<LocalTime> due = session_.next_timeout();
  if (!video_) return due;
  return due ? std::min(*due, video_->next_timeout()) : video_->next_timeout();
}

void ClientEnd::turn(LocalTime now) {
  if (video_ && !session_.over()) {
    while (const auto news = video_->poll_news()) {
      std::visit([&](const auto& what) { session_.handle(what, now); }, *news);
    }
    session_.handle(video_->totals(), now);
  }
  pf::turn(session_, now, [&](const control::ClientSession::Output& output) {
    checkers_.on_output(EndName::client);
    std::visit([&](const auto& what) { apply(what, now); }, output);
  });
}

void ClientEnd::send(const message::ControlMessage& message, LocalTime now) {
  std::vector<std::byte> bytes = wire::v1::ControlStream::write(message);
  checkers_.on_control(EndName::client, bytes);
  ways_.control.send(std::move(bytes), to_world(now));
}

void ClientEnd::apply(const control::SendControl& what, LocalTime now) {
  if (!params_.adaptive && std::holds_alternative<message::SetBitrate>(what.message)) return;
  send(what.message, now);
}

void ClientEnd::apply(const control::OpenMedia& open, LocalTime now) {
  video_.emplace(open.welcome, params_.seed, params_.sabotage, ways_.media, checkers_, now);
  session_.handle(control::MediaOpened{params_.media_port}, now);
}

void ClientEnd::apply(const control::ClockUpdated& updated, LocalTime now) {
  clock_read_ = true;
  checkers_.on_clock(updated.map.to_wire(now), updated.map.error_bound(now));
}

void ClientEnd::apply(const control::Close& close, LocalTime now) {
  close_code_ = close.code;
  if (params_.sabotage == Sabotage::close_swallowed) return;
  ways_.control.send(control::PeerClosed{close.code, close.text}, to_world(now));
}

void ClientEnd::apply(const control::ClientSessionOver& over, LocalTime) {
  ending_ = over.end;
  checkers_.on_over(EndName::client, close_code_ ? close_code_ : over.code);
}

}  // namespace pf::sim
