// Both ends' session machines against each other, through the real codec, in simulated time.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "core/control/client_session.h"
#include "core/control/host_session.h"
#include "core/wire/v1/control_stream.h"

namespace pf::control::testing {

using message::CloseCode;
using message::ControlMessage;

inline constexpr Nanos kHostAhead = std::chrono::hours(480'000);

inline message::Hello hello() {
  message::Hello hello;
  hello.mode = {{1280, 720}, {60, 1}};
  hello.codecs = message::CodecSet{message::VideoCodec::h264};
  hello.capabilities.add(message::Capability::wants_host_timing);
  return hello;
}

inline PlanReady plan() {
  PlanReady plan;
  plan.welcome.media_port = 5000;
  plan.welcome.mode = {{1280, 720}, {60, 1}};
  plan.welcome.codec = message::VideoCodec::h264;
  plan.welcome.keys.aes128.fill()[0] = std::byte{1};
  plan.welcome.bitrate_kbps = 20'000;
  return plan;
}

inline HostSessionParams host_params(LocalTime now) {
  return {.open = true,
          .has_identity = true,
          .clock = SessionClock(now, WireTime(now.since_epoch() + kHostAhead))};
}

template <class Wanted, class Output>
std::vector<Wanted> all(const std::vector<Output>& outputs) {
  std::vector<Wanted> result;
  for (const auto& output : outputs) {
    if (const auto* found = std::get_if<Wanted>(&output)) result.push_back(*found);
  }
  return result;
}

class World {
 public:
  explicit World(std::optional<HostSessionParams> params = std::nullopt,
                 Nanos welcome_timeout = seconds(15), const message::Hello& said = hello())
      : host(params.value_or(host_params(LocalTime(seconds(5)))), now),
        client({.hello = said, .welcome_timeout = welcome_timeout}, now) {}

  // Whatever each end says arrives at the other after `delay`; plans and ports are made at once.
  void run(Nanos length) {
    const LocalTime end = now + length;
    for (;;) {
      flush();
      LocalTime next = end;
      if (!in_flight_.empty()) next = std::min(next, in_flight_.begin()->first);
      if (const auto due = host.next_timeout()) next = std::min(next, *due);
      if (const auto due = client.next_timeout()) next = std::min(next, *due);
      if (next >= end) break;
      now = std::max(now, next);
      deliver();
      if (const auto due = host.next_timeout(); due && *due <= now) host.handle_timeout(now);
      if (const auto due = client.next_timeout(); due && *due <= now) client.handle_timeout(now);
    }
    now = end;
  }

  void flush() {
    while (auto output = host.poll()) {
      if (const auto* sent = std::get_if<SendControl>(&*output)) {
        if (!host_mute) send(wire::v1::ControlStream::write(sent->message), false);
      } else if (const auto* close = std::get_if<Close>(&*output)) {
        post([this, close = *close] { client.handle(PeerClosed{close.code, close.text}, now); });
      } else if (std::holds_alternative<PlanWanted>(*output) && plan_answer) {
        host.handle(*plan_answer, now);
      } else if (std::holds_alternative<StopMedia>(*output)) {
        host.handle(MediaStopped{}, now);
      }
      from_host.push_back(std::move(*output));
    }
    while (auto output = client.poll()) {
      if (const auto* sent = std::get_if<SendControl>(&*output)) {
        if (!client_mute) send(wire::v1::ControlStream::write(sent->message), true);
      } else if (const auto* close = std::get_if<Close>(&*output)) {
        post([this, close = *close] { host.handle(PeerClosed{close.code, close.text}, now); });
      } else if (std::holds_alternative<OpenMedia>(*output) && media_opens) {
        client.handle(MediaOpened{.local_port = 6000}, now);
      }
      from_client.push_back(std::move(*output));
    }
  }

  void start() {
    run(milliseconds(500));
    ASSERT_TRUE(host.streaming());
    ASSERT_TRUE(client.streaming());
    from_host.clear();
    from_client.clear();
  }

  template <class Wanted>
  std::vector<Wanted> host_said() const {
    return all<Wanted>(from_host);
  }
  template <class Wanted>
  std::vector<Wanted> client_said() const {
    return all<Wanted>(from_client);
  }
  template <class Wanted>
  std::vector<Wanted> host_sent() const {
    std::vector<Wanted> result;
    for (const auto& sent : host_said<SendControl>()) {
      if (const auto* found = std::get_if<Wanted>(&sent.message)) result.push_back(*found);
    }
    return result;
  }
  template <class Wanted>
  std::vector<Wanted> client_sent() const {
    std::vector<Wanted> result;
    for (const auto& sent : client_said<SendControl>()) {
      if (const auto* found = std::get_if<Wanted>(&sent.message)) result.push_back(*found);
    }
    return result;
  }

  LocalTime now{seconds(5)};
  HostSession host;
  ClientSession client;
  std::optional<HostSession::Input> plan_answer = plan();
  bool media_opens = true;
  bool host_mute = false;
  bool client_mute = false;
  Nanos delay = milliseconds(2);
  std::vector<HostSession::Output> from_host;
  std::vector<ClientSession::Output> from_client;

 private:
  void post(std::function<void()> what) { in_flight_.emplace(now + delay, std::move(what)); }

  void send(std::vector<std::byte> bytes, bool to_host) {
    post([this, bytes = std::move(bytes), to_host] {
      if (to_host) {
        host.handle(StreamOpened{}, now);
        host_stream_.read(bytes, [&](auto event) { feed(host, std::move(event)); });
      } else {
        client_stream_.read(bytes, [&](auto event) { feed(client, std::move(event)); });
      }
    });
  }

  template <class Session>
  void feed(Session& session, wire::v1::ControlStream::Event event) {
    if (auto* message = std::get_if<ControlMessage>(&event)) {
      session.handle(std::move(*message), now);
    } else {
      session.handle(BrokenHandshake{}, now);
    }
  }

  void deliver() {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now) {
      const auto what = std::move(in_flight_.begin()->second);
      in_flight_.erase(in_flight_.begin());
      what();
    }
  }

  std::multimap<LocalTime, std::function<void()>> in_flight_;
  wire::v1::ControlStream host_stream_{wire::v1::ControlStream::End::host};
  wire::v1::ControlStream client_stream_{wire::v1::ControlStream::End::client};
};

}  // namespace pf::control::testing
