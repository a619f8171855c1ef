// A whole session over QUIC in simulated time: how a host and a client turn the machines of this
// room and those of core/control, with the codec between them. The real loops differ only in where
// datagrams and time come from.
#include <gtest/gtest.h>

#include "core/control/client_session.h"
#include "core/control/host_session.h"
#include "core/quic/world_testing.h"
#include "core/wire/v1/control_stream.h"
#include "core/wire/v1/datagrams.h"

namespace pf::quic {
namespace {

using control::ClientSession;
using control::HostSession;
using message::CloseCode;
using message::ControlMessage;
using wire::v1::ControlStream;

template <class Session>
void feed(Session& session, ControlStream& stream, Bytes bytes, LocalTime now) {
  stream.read(bytes, [&](ControlStream::Event event) {
    if (auto* message = std::get_if<ControlMessage>(&event)) {
      session.handle(std::move(*message), now);
    } else {
      session.handle(control::BrokenHandshake{}, now);
    }
  });
}

control::PeerClosed to_peer_closed(const Closed& closed) {
  if (closed.cause == CloseCause::peer) return {CloseCode{closed.code}, closed.reason};
  return {std::nullopt, sentence(closed)};
}

// One connection of the host.
struct HostEnd {
  ConnectionHandle connection;
  HostSession session;
  ControlStream stream{ControlStream::End::host};
  std::vector<HostSession::Output> wishes;  // for the workers
};

struct ClientEnd {
  QuicClient quic;
  std::optional<ClientSession> session;
  ControlStream stream{ControlStream::End::client};
  std::optional<std::string> ended;
  std::optional<CloseCode> code;
  std::vector<message::HostTiming> timings;
};

class Ends {
 public:
  explicit Ends(bool open)
      : open_(open),
        server({}, host_identity_, rng_, now_),
        client{.quic = *QuicClient::dial({.remote = kHost, .local = kClient}, client_identity_,
                                         rng_, now_)} {}

  void run(Nanos length) {
    const LocalTime end = now_ + length;
    turn();
    for (;;) {
      LocalTime next = end;
      const auto consider = [&](const std::optional<LocalTime>& due) {
        if (due) next = std::min(next, *due);
      };
      if (!in_flight_.empty()) consider(in_flight_.begin()->first);
      consider(server.next_timeout());
      consider(client.quic.next_timeout());
      if (client.session) consider(client.session->next_timeout());
      for (auto& [handle, host] : hosts) consider(host.session.next_timeout());
      if (next >= end) break;
      now_ = std::max(now_, next);
      receive();
      server.handle_timeout(now_);
      client.quic.handle_timeout(now_);
      if (client.session) client.session->handle_timeout(now_);
      for (auto& [handle, host] : hosts) host.session.handle_timeout(now_);
      turn();
    }
    now_ = end;
  }

  // A session's answer may make QUIC speak, and the other way round: until nobody has anything to
  // say.
  void turn() {
    while (turn_host() || turn_client()) {
    }
  }

  LocalTime now() const { return now_; }

 private:
  static constexpr std::uint16_t kMediaPort = 41'000;

  bool turn_host() {
    bool any = false;
    while (auto output = server.poll()) {
      any = true;
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        in_flight_.emplace(now_ + milliseconds(1), std::pair(true, std::move(transmit->bytes)));
      } else {
        on_host_event(std::get<ServerEvent>(*std::move(output)));
      }
    }
    for (auto& [handle, host] : hosts) any = drain_host(host) || any;
    return any;
  }

  void on_host_event(ServerEvent event) {
    if (const auto* connected = std::get_if<Connected>(&event.event)) {
      const control::SessionClock clock(now_, WireTime(now_.since_epoch() + std::chrono::hours(9)));
      hosts.try_emplace(
          event.connection,
          HostEnd{.connection = event.connection,
                  .session = HostSession(
                      {.open = open_, .has_identity = connected->peer.has_value(), .clock = clock},
                      now_)});
      return;
    }
    HostEnd& host = hosts.at(event.connection);
    if (const auto* bytes = std::get_if<StreamBytes>(&event.event)) {
      host.session.handle(control::StreamOpened{}, now_);
      feed(host.session, host.stream, bytes->bytes, now_);
    } else if (std::holds_alternative<StreamEnded>(event.event)) {
      host.session.handle(control::StreamClosed{}, now_);
    } else if (const auto* closed = std::get_if<Closed>(&event.event)) {
      host.session.handle(to_peer_closed(*closed), now_);
    }
  }

  bool drain_host(HostEnd& host) {
    bool any = false;
    while (auto output = host.session.poll()) {
      any = true;
      if (const auto* sent = std::get_if<control::SendControl>(&*output)) {
        EXPECT_TRUE(
            server.write_stream(host.connection, ControlStream::write(sent->message), now_));
      } else if (const auto* close = std::get_if<control::Close>(&*output)) {
        server.close(host.connection, static_cast<std::uint64_t>(close->code), close->text, now_);
      } else if (const auto* wanted = std::get_if<control::PlanWanted>(&*output)) {
        control::PlanReady plan;
        plan.welcome.mode = wanted->hello.mode;
        plan.welcome.media_port = kMediaPort;
        plan.welcome.codec = message::VideoCodec::h264;
        rng_.fill(plan.welcome.keys.aes128.fill());
        host.session.handle(std::move(plan), now_);
      } else if (std::holds_alternative<control::StopMedia>(*output)) {
        host.session.handle(control::MediaStopped{}, now_);
      }
      host.wishes.push_back(*std::move(output));
    }
    return any;
  }

  bool turn_client() {
    bool any = false;
    while (auto output = client.quic.poll()) {
      any = true;
      if (auto* transmit = std::get_if<Transmit>(&*output)) {
        in_flight_.emplace(now_ + milliseconds(1), std::pair(false, std::move(transmit->bytes)));
      } else {
        on_client_event(std::get<Event>(*std::move(output)));
      }
    }
    return (client.session && drain_client()) || any;
  }

  void on_client_event(Event event) {
    if (std::holds_alternative<Connected>(event)) {
      message::Hello hello;
      hello.mode = {{1280, 720}, {60, 1}};
      hello.codecs = message::CodecSet{message::VideoCodec::h264};
      client.session.emplace(control::ClientSessionParams{.hello = hello}, now_);
    } else if (const auto* bytes = std::get_if<StreamBytes>(&event)) {
      feed(*client.session, client.stream, bytes->bytes, now_);
    } else if (std::holds_alternative<StreamEnded>(event)) {
      client.session->handle(control::StreamClosed{}, now_);
    } else if (const auto* datagram = std::get_if<DatagramArrived>(&event)) {
      if (const auto timing = wire::v1::parse_host_timing(datagram->bytes)) {
        client.timings.push_back(*timing);
      }
    } else if (const auto* closed = std::get_if<Closed>(&event)) {
      if (client.session) {
        client.session->handle(to_peer_closed(*closed), now_);
      } else {
        client.ended = sentence(*closed);
      }
    }
  }

  bool drain_client() {
    bool any = false;
    while (auto output = client.session->poll()) {
      any = true;
      if (const auto* sent = std::get_if<control::SendControl>(&*output)) {
        EXPECT_TRUE(client.quic.write_stream(ControlStream::write(sent->message), now_));
      } else if (const auto* close = std::get_if<control::Close>(&*output)) {
        client.quic.close(static_cast<std::uint64_t>(close->code), close->text, now_);
      } else if (std::holds_alternative<control::OpenMedia>(*output)) {
        client.session->handle(control::MediaOpened{.local_port = 6000}, now_);
      } else if (const auto* over = std::get_if<control::ClientSessionOver>(&*output)) {
        client.ended = over->sentence;
        client.code = over->code;
      }
    }
    return any;
  }

  void receive() {
    while (!in_flight_.empty() && in_flight_.begin()->first <= now_) {
      const auto packet = std::move(in_flight_.begin()->second);
      in_flight_.erase(in_flight_.begin());
      if (packet.first) {
        client.quic.handle({kHost, kClient, packet.second}, now_);
      } else {
        server.handle({kClient, kHost, packet.second}, now_);
      }
    }
  }

  const Endpoint kHost = Endpoint::ipv4({10, 0, 0, 1}, 9777);
  const Endpoint kClient = Endpoint::ipv4({10, 0, 0, 2}, 40'000);
  LocalTime now_{seconds(100)};
  SeededRng rng_{3};
  TlsIdentity host_identity_ = testing::make_identity();
  TlsIdentity client_identity_ = testing::make_identity();
  bool open_;
  std::multimap<LocalTime, std::pair<bool, std::vector<std::byte>>>
      in_flight_;  // true: to the client

 public:
  QuicServer server;
  ClientEnd client;
  std::map<ConnectionHandle, HostEnd> hosts;
};

TEST(WholeSession, RunsFromTheFirstPacketToADeliberateQuit) {
  Ends ends(true);
  ends.run(milliseconds(200));
  ASSERT_EQ(ends.hosts.size(), 1u);
  HostEnd& host = ends.hosts.begin()->second;
  ASSERT_TRUE(host.session.streaming());
  ASSERT_TRUE(ends.client.session->streaming());

  const message::HostTiming timing{.pts = WireTime(Nanos(5)), .host_us = 1234};
  EXPECT_TRUE(
      ends.server.send_datagram(host.connection, wire::v1::write_host_timing(timing), ends.now()));
  ends.client.session->handle(control::DecoderStumbled{}, ends.now());
  ends.run(seconds(30));
  ASSERT_EQ(ends.client.timings.size(), 1u);
  EXPECT_EQ(ends.client.timings[0], timing);
  const auto is_refresh = [](const auto& wish) {
    return std::holds_alternative<control::RefreshWanted>(wish);
  };
  EXPECT_TRUE(std::any_of(host.wishes.begin(), host.wishes.end(), is_refresh));

  ends.client.session->handle(control::Leave::quit, ends.now());
  ends.run(seconds(1));
  EXPECT_TRUE(host.session.over());
  const auto& over = std::get<control::HostSessionOver>(host.wishes.back());
  EXPECT_FALSE(over.keep_for_return);
  ends.run(seconds(10));
  EXPECT_EQ(ends.server.connection_count(), 0u);
}

TEST(WholeSession, AClosedHostKeepsAStrangerWaitingAndTellsItTheAnswer) {
  Ends ends(false);
  ends.run(seconds(20));
  ASSERT_FALSE(ends.client.ended) << "QUIC keeps the connection";
  ASSERT_EQ(ends.hosts.size(), 1u);
  ends.hosts.begin()->second.session.handle(control::ApprovalRefused{}, ends.now());
  ends.run(seconds(1));
  ASSERT_TRUE(ends.client.ended);
  EXPECT_EQ(ends.client.code, CloseCode::denied);
  ends.run(seconds(10));
  EXPECT_EQ(ends.server.connection_count(), 0u);
}

TEST(WholeSession, AShutdownReachesTheClientInGoodOrder) {
  Ends ends(true);
  ends.run(milliseconds(200));
  ends.hosts.begin()->second.session.handle(control::EndSession{.text = "done"}, ends.now());
  ends.run(seconds(1));
  ASSERT_TRUE(ends.client.ended);
  EXPECT_EQ(ends.client.code, CloseCode::done);
}

}  // namespace
}  // namespace pf::quic
