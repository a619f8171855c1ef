#include "host/gamestream/server/control_server.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "core/runtime/log.h"
#include "host/gamestream/server/enet_host.h"

namespace pf::gamestream {
namespace {

using Peer = EnetHost::Peer;

// Until another address may try for the same session. The right client asks from one; and nobody
// who learnt its data fills ENet's list with connections that he never completes.
constexpr Nanos kNextTry = seconds(2);

struct Member {
  Member(const ControlClient& member, LocalTime now)
      : client(member), machine(member.session, now) {}

  ControlClient client;
  ControlSession machine;
  std::optional<Peer> peer;  // its connection, once there
  Endpoint tried_from;       // the last who asked for it
  LocalTime tried_at;
};

class EnetServer final : public ControlServer {
 public:
  static Result<std::unique_ptr<ControlServer>> open(const Endpoint& listen) {
    auto server = std::make_unique<EnetServer>();
    PF_TRY(server->host_,
           EnetHost::open(listen, [self = server.get()](const Endpoint& from, std::uint32_t data) {
             return self->expects(from, data);
           }));
    return std::unique_ptr<ControlServer>(std::move(server));
  }

  Endpoint address() const noexcept override { return host_->address(); }
  int poll_handle() const noexcept override { return host_->poll_handle(); }
  const Counts& counts() const noexcept override { return counts_; }

  Result<void> add(const ControlClient& client, LocalTime now) override {
    if (members_.size() == kMaxSessions)
      return fail(ErrorKind::exhausted, "{} sessions have a control connection already",
                  kMaxSessions);
    members_.try_emplace(client.launch, client, now);
    return {};
  }

  void end(LaunchId launch, TerminationReason reason, LocalTime now) override {
    tell(launch, ControlEnd{reason}, now);
  }
  input::InputCounts input_counts(LaunchId launch) const override {
    const auto found = members_.find(launch);
    return found == members_.end() ? input::InputCounts{} : found->second.machine.input_counts();
  }
  bool saying_farewell() const noexcept override { return !farewells_.empty(); }

  void set_grants(LaunchId launch, const message::Grants& grants, LocalTime now) override {
    tell(launch, ControlGrants{grants}, now);
  }
  void set_hdr(LaunchId launch, const HdrMode& mode, LocalTime now) override {
    tell(launch, mode, now);
  }
  void tell_pad(LaunchId launch, const HostControl& message, LocalTime now) override {
    std::visit(
        [&](const auto& what) {
          // An end has a call of its own.
          if constexpr (!std::is_same_v<std::decay_t<decltype(what)>, Termination>)
            tell(launch, what, now);
        },
        message);
  }

  void turn(LocalTime now) override {
    now_ = now;
    host_->turn(now, [&](EnetHost::Event event) {
      std::visit([&](const auto& what) { on(what, now); }, event);
    });
    for (auto at = members_.begin(); at != members_.end();) {
      Member& member = (at++)->second;
      if (const auto due = member.machine.next_timeout(); !due || *due > now) continue;
      member.machine.handle_timeout(now);
      carry_out(member, now);
    }
    for (auto at = farewells_.begin(); at != farewells_.end();) {
      if (at->second > now) {
        ++at;
        continue;
      }
      host_->forget(at->first);
      at = farewells_.erase(at);
    }
    host_->flush(now);
  }

  std::optional<LocalTime> next_timeout() const override {
    std::optional<LocalTime> due = host_->next_timeout();
    const auto sooner = [&](LocalTime at) { due = due ? std::min(*due, at) : at; };
    for (const auto& [launch, member] : members_) {
      if (const auto at = member.machine.next_timeout()) sooner(*at);
    }
    for (const auto& [peer, until] : farewells_) sooner(until);
    return due;
  }

  std::optional<ControlNews> poll() override {
    if (news_.empty()) return std::nullopt;
    ControlNews news = std::move(news_.front());
    news_.pop_front();
    return news;
  }

 private:
  using Members = std::map<LaunchId, Member>;

  static bool is_of(const Member& member, const Endpoint& from, std::uint32_t data) {
    if (member.client.connect_data) return *member.client.connect_data == data;
    return member.client.address.same_address(from);
  }

  Member* awaited(const Endpoint& from, std::uint32_t data) {
    for (auto& [launch, member] : members_) {
      if (!member.peer && is_of(member, from, data)) return &member;
    }
    return nullptr;
  }

  bool expects(const Endpoint& from, std::uint32_t data) {
    Member* member = awaited(from, data);
    const bool others_turn = member != nullptr && member->tried_from != from &&
                             !member->tried_from.empty() && now_ < member->tried_at + kNextTry;
    if (member == nullptr || others_turn) {
      if (counts_.strangers++ == 0)
        log::info("gamestream", "{} asks for a control connection that nobody waits for",
                  from.to_string());
      return false;
    }
    member->tried_from = from;
    member->tried_at = now_;
    return true;
  }

  void on(const EnetHost::Connected& connected, LocalTime now) {
    Member* member = awaited(connected.remote, connected.data);
    if (member == nullptr) return host_->forget(connected.peer);  // its session has just ended
    ++counts_.connected;
    member->peer = connected.peer;
    member->machine.handle(ControlUp{}, now);
    carry_out(*member, now);
  }

  void on(const EnetHost::Received& received, LocalTime now) {
    Member* member = member_of(received.peer);
    if (member == nullptr) return;
    const ControlCounts before = member->machine.counts();
    member->machine.handle(ControlPacket{received.packet}, now);
    log_once(*member, before);
    carry_out(*member, now);
  }

  void on(const EnetHost::RoundTripped& trip, LocalTime) {
    if (const Member* member = member_of(trip.peer))
      news_.push_back({member->client.launch, RoundTrip{trip.time}});
  }

  void on(const EnetHost::Gone& gone, LocalTime now) {
    farewells_.erase(gone.peer);
    Member* member = member_of(gone.peer);
    if (member == nullptr) return;
    member->peer.reset();
    member->machine.handle(ControlDown{}, now);
    carry_out(*member, now);
  }

  Member* member_of(Peer peer) {
    for (auto& [launch, member] : members_) {
      if (member.peer == peer) return &member;
    }
    return nullptr;
  }

  void tell(LaunchId launch, ControlSession::Input input, LocalTime now) {
    const auto found = members_.find(launch);
    if (found == members_.end()) return;
    found->second.machine.handle(std::move(input), now);
    carry_out(found->second, now);
    host_->flush(now);
  }

  // `member` is gone afterwards if its machine is over.
  void carry_out(Member& member, LocalTime now) {
    const LaunchId launch = member.client.launch;
    while (auto output = member.machine.poll()) {
      std::visit([&](const auto& what) { carry_out(member, what, now); }, *output);
    }
    if (member.machine.over()) members_.erase(launch);
  }
  void carry_out(Member& member, const SendControlPacket& packet, LocalTime) {
    if (member.peer) host_->send(*member.peer, packet.bytes);
  }
  void carry_out(Member& member, PartFromClient, LocalTime now) {
    if (!member.peer) return;
    host_->part(*member.peer);
    farewells_[*member.peer] = now + kFarewell;
    member.peer.reset();
  }
  template <class Event>
  void carry_out(Member& member, const Event& event, LocalTime) {
    news_.push_back({member.client.launch, event});
  }

  static void log_once(const Member& member, const ControlCounts& before) {
    const ControlCounts& counts = member.machine.counts();
    const auto first = [](std::uint64_t now, std::uint64_t then) { return now > 0 && then == 0; };
    const auto tell_of = [&](const char* what) {
      log::warning("gamestream", "{} sent {}: ignored, as all that follow",
                   member.client.address.to_string(), what);
    };
    if (first(counts.forged, before.forged)) tell_of("a control packet sealed with another key");
    if (first(counts.malformed, before.malformed)) tell_of("what is no control packet");
    if (first(counts.replayed, before.replayed)) tell_of("a control packet twice");
    if (first(counts.unknown_input, before.unknown_input)) tell_of("input that we cannot read");
  }

  std::unique_ptr<EnetHost> host_;
  Members members_;
  std::map<Peer, LocalTime> farewells_;  // connections that are closing, and how long they may
  std::deque<ControlNews> news_;
  LocalTime now_;
  Counts counts_;
};

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::open(const Endpoint& listen) {
  return EnetServer::open(listen);
}

}  // namespace pf::gamestream
