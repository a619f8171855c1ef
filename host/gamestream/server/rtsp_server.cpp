#include "host/gamestream/server/rtsp_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <list>
#include <map>
#include <span>
#include <utility>

#include "core/runtime/log.h"
#include "core/runtime/unique_fd.h"
#include "host/gamestream/server/rtsp_connection.h"

namespace pf::gamestream {
namespace {

constexpr int kBacklog = 64;
// Of one turn. What waits longer is served by the next.
constexpr int kAccepts = 64, kEvents = 64;
// When the process has no descriptor left for a connection, until the next try.
constexpr Nanos kAcceptPause = milliseconds(100);

using State = RtspConnection::State;
using Connections = std::list<RtspConnection>;

// What is known of one launch, and how far its client has got.
struct Conversation {
  Endpoint client;
  bool encrypted = false;
  RtspSession::Params params;
  std::optional<RtspSession> session;
  RtspSeal seal;
  bool knows_name = false;  // its client: the session's
  bool played = false;
};
std::string name_of(LaunchId launch) {
  return fmt::format("{:012}", static_cast<std::uint64_t>(launch));
}

// In the order of the launches: the newest last.
using Conversations = std::map<LaunchId, Conversation>;

// A request, and whose it is.
struct Heard {
  Conversations::iterator whose;
  RtspRequest request;
};

class TcpServer final : public RtspServer {
 public:
  TcpServer(RtspParams params, RtspCallbacks callbacks, UniqueFd listener, UniqueFd epoll)
      : params_(std::move(params)),
        callbacks_(std::move(callbacks)),
        listener_(std::move(listener)),
        epoll_(std::move(epoll)) {}

  Endpoint address() const noexcept override { return params_.listen; }
  int poll_handle() const noexcept override { return epoll_.get(); }
  const Counts& counts() const noexcept override { return counts_; }

  void turn(LocalTime now) override {
    follow(callbacks_.launches());
    if (accept_again_at_ && *accept_again_at_ <= now) listen_for(EPOLLIN);
    std::array<epoll_event, kEvents> events;
    const int count = std::max(::epoll_wait(epoll_.get(), events.data(), kEvents, 0), 0);
    bool knocked = false;
    for (const epoll_event& event : std::span(events).first(static_cast<std::size_t>(count))) {
      if (event.data.ptr == nullptr) knocked = true;
      if (event.data.ptr != nullptr) serve(*static_cast<RtspConnection*>(event.data.ptr));
    }
    drop_dead(now);
    // Last, since a newcomer may push out one that was just named.
    if (knocked) accept_all(now);
  }

  std::optional<LocalTime> next_timeout() const override {
    std::optional<LocalTime> due = accept_again_at_;
    // The first was accepted first.
    if (!connections_.empty()) {
      const LocalTime out = connections_.front().accepted_at() + kPatience;
      due = due ? std::min(*due, out) : out;
    }
    return due;
  }

 private:
  void follow(const std::vector<const Launch*>& launches) {
    for (auto at = conversations_.begin(); at != conversations_.end();) {
      const bool open = std::any_of(launches.begin(), launches.end(),
                                    [&](const Launch* launch) { return launch->id == at->first; });
      at = open ? std::next(at) : conversations_.erase(at);
    }
    for (const Launch* launch : launches) {
      if (conversations_.count(launch->id) == 0) begin(*launch);
    }
  }

  void begin(const Launch& launch) {
    Conversation begun{.client = launch.client,
                       .encrypted = launch.encrypted_rtsp,
                       .params = {.offer = params_.offer,
                                  .ports = params_.ports,
                                  .ping_payload = launch.tokens.ping_payload,
                                  .connect_data = launch.tokens.connect_data,
                                  .name = name_of(launch.id)},
                       .session = std::nullopt,
                       .seal = RtspSeal(launch.key)};
    begun.session.emplace(begun.params);
    conversations_.emplace(launch.id, std::move(begun));
  }

  bool is_stranger(const Endpoint& peer) const {
    return std::none_of(conversations_.begin(), conversations_.end(),
                        [&](const auto& entry) { return entry.second.client.same_address(peer); });
  }

  void accept_all(LocalTime now) {
    for (int i = 0; i < kAccepts; ++i) {
      sockaddr_storage address;
      socklen_t bytes = sizeof address;
      auto* any = reinterpret_cast<sockaddr*>(&address);
      UniqueFd socket(::accept4(listener_.get(), any, &bytes, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket) {
        if (errno == ECONNABORTED || errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) pause_accepting(errno, now);
        return;
      }
      ++counts_.accepted;
      // Clients probe the port before they ask for anything.
      if (conversations_.empty()) continue;
      const Endpoint peer = Endpoint::from_sockaddr(any, bytes).value_or(Endpoint());
      make_room(is_stranger(peer));
      admit(std::move(socket), peer, now);
    }
  }

  void admit(UniqueFd socket, const Endpoint& peer, LocalTime now) {
    const int fd = socket.get();
    connections_.emplace_back(std::move(socket), peer, now);
    epoll_event event{.events = EPOLLIN, .data = {.ptr = &connections_.back()}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) != 0) connections_.pop_back();
  }

  // A newcomer always gets in: what is in its way is older, and of its own kind.
  void make_room(bool for_stranger) {
    std::size_t strangers = 0;
    auto oldest_stranger = connections_.end(), oldest_known = connections_.end();
    for (auto at = connections_.begin(); at != connections_.end(); ++at) {
      const bool stranger = is_stranger(at->peer());
      strangers += stranger ? 1 : 0;
      auto& oldest = stranger ? oldest_stranger : oldest_known;
      if (oldest == connections_.end()) oldest = at;
    }
    auto out = connections_.end();
    if (for_stranger && strangers >= kMaxStrangers) out = oldest_stranger;
    if (!for_stranger && connections_.size() - strangers >= kMaxConnections - kMaxStrangers)
      out = oldest_known;
    if (out == connections_.end()) return;
    remove(out);
    if (counts_.pushed_out++ == 0)
      log::warning("gamestream", "many RTSP connections at once: the oldest make room");
  }

  // Most likely the process has as many descriptors as it may.
  void pause_accepting(int error, LocalTime now) {
    if (!accept_again_at_)
      log::warning("gamestream", "RTSP takes no connection for a moment: {}",
                   fail_os(ErrorKind::exhausted, error, "accept").value().what);
    if (!connections_.empty()) remove(connections_.begin());
    listen_for(0);
    accept_again_at_ = now + kAcceptPause;
  }

  void listen_for(std::uint32_t events) {
    epoll_event event{.events = events, .data = {.ptr = nullptr}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, listener_.get(), &event);
    accept_again_at_.reset();
  }

  void serve(RtspConnection& connection) {
    connection.turn();
    if (connection.state() == State::malformed && counts_.malformed++ == 0)
      log::info("gamestream", "{} sent what is no RTSP request", connection.peer().to_string());
    if (connection.state() == State::whole) converse(connection);
    const std::uint32_t wanted = connection.state() == State::writing ? EPOLLOUT : EPOLLIN;
    epoll_event event{.events = wanted, .data = {.ptr = &connection}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, connection.fd(), &event);
  }

  void converse(RtspConnection& connection) {
    auto heard = connection.sealed() ? open_sealed(connection) : take_plain(connection);
    if (!heard) {
      if (counts_.unknown++ == 0)
        log::info("gamestream", "an RTSP request from {} is of no device that launched something",
                  connection.peer().to_string());
      connection.answer({});
      return;
    }
    callbacks_.heard(heard->whose->first);
    const std::string text = write_rtsp(answer(*heard), heard->request.header("cseq"));
    const Bytes plain = as_bytes(text);
    connection.answer(connection.sealed() ? heard->whose->second.seal.seal(text)
                                          : std::vector<std::byte>(plain.begin(), plain.end()));
    ++counts_.answered;
  }

  // Whose key opens it. Those of the address first: it is most likely one of them.
  std::optional<Heard> open_sealed(RtspConnection& connection) {
    for (const bool same_address : {true, false}) {
      for (auto at = conversations_.begin(); at != conversations_.end(); ++at) {
        const Conversation& conversation = at->second;
        if (!conversation.encrypted) continue;
        if (conversation.client.same_address(connection.peer()) != same_address) continue;
        const auto text = conversation.seal.open(connection.received());
        if (!text) continue;
        auto arrival = parse_rtsp(*text);
        if (arrival.state != RtspArrival::State::complete) return std::nullopt;
        return Heard{at, std::move(arrival.request)};
      }
    }
    return std::nullopt;
  }

  std::optional<Heard> take_plain(RtspConnection& connection) {
    RtspRequest request = parse_rtsp(as_text(connection.received())).request;
    const std::string_view name = request.header("session");
    auto newest = conversations_.end(), beginning = newest, named = newest;
    for (auto at = conversations_.begin(); at != conversations_.end(); ++at) {
      const Conversation& conversation = at->second;
      if (conversation.encrypted || !conversation.client.same_address(connection.peer())) continue;
      newest = at;
      if (!conversation.knows_name) beginning = at;
      if (name == conversation.params.name) named = at;
    }
    // A client that begins again does not name what it has forgotten.
    const auto whose = named != conversations_.end()       ? named
                       : beginning != conversations_.end() ? beginning
                                                           : newest;
    if (whose == conversations_.end()) return std::nullopt;
    return Heard{whose, std::move(request)};
  }

  RtspAnswer answer(const Heard& heard) {
    const LaunchId id = heard.whose->first;
    Conversation& conversation = heard.whose->second;
    auto outcome = conversation.session->handle(heard.request);
    if (heard.request.method == "SETUP") conversation.knows_name = true;
    if (outcome.announced) {
      if (const auto started = callbacks_.announce(id, *outcome.announced); !started) {
        conversation.session.emplace(conversation.params);  // it may announce something else
        return RtspSession::refuse(started.error());
      }
    }
    if (outcome.play && !std::exchange(conversation.played, true)) callbacks_.play(id);
    return outcome.answer;
  }

  void drop_dead(LocalTime now) {
    for (auto at = connections_.begin(); at != connections_.end();) {
      const bool dead = at->state() == State::closed || at->state() == State::malformed;
      const bool late = now >= at->accepted_at() + kPatience;
      if (late && !dead && at->state() != State::draining) ++counts_.timed_out;
      at = dead || late ? remove(at) : std::next(at);
    }
  }

  // Closing alone would not make epoll forget it: a program that is just being started for somebody
  // else's desktop holds a copy of every descriptor between fork and exec (epoll(7), question 6).
  Connections::iterator remove(Connections::iterator connection) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, connection->fd(), nullptr);
    return connections_.erase(connection);
  }

  const RtspParams params_;
  const RtspCallbacks callbacks_;
  const UniqueFd listener_;
  const UniqueFd epoll_;     // knows the connections by their addresses here, the listener by none
  Connections connections_;  // in the order of their coming
  Conversations conversations_;
  std::optional<LocalTime> accept_again_at_;
  Counts counts_;
};

Result<UniqueFd> listen_on(Endpoint& address) {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail_os(ErrorKind::unavailable, errno, "a socket for RTSP");
  const int yes = 1;
  // A host that is started again finds connections of the one before it still closing.
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (::bind(socket.get(), address.data(), address.size_bytes()) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    return fail_os(ErrorKind::refused, errno,
                   fmt::format("TCP port {} for GameStream's RTSP", address.port()));
  }
  sockaddr_storage bound;
  socklen_t bytes = sizeof bound;
  auto* any = reinterpret_cast<sockaddr*>(&bound);
  if (::getsockname(socket.get(), any, &bytes) == 0)
    address = Endpoint::from_sockaddr(any, bytes).value_or(address);
  return socket;
}

}  // namespace

Result<std::unique_ptr<RtspServer>> RtspServer::open(RtspParams params, RtspCallbacks callbacks) {
  PF_TRY(UniqueFd listener, listen_on(params.listen));
  UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (!epoll || ::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, listener.get(), &event) != 0)
    return fail_os(ErrorKind::unavailable, errno, "waiting for RTSP connections");
  return std::unique_ptr<RtspServer>(std::make_unique<TcpServer>(
      std::move(params), std::move(callbacks), std::move(listener), std::move(epoll)));
}

}  // namespace pf::gamestream
