#include "host/management/management_door.h"

#include <errno.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "core/runtime/log.h"
#include "host/admin/requests.h"
#include "host/console/console.h"
#include "host/management/event_watch.h"
#include "host/management/problem.h"

namespace pf::management {
namespace {

// What a request of ours may be at most: a name, six grants, a password.
constexpr std::size_t kMaxBodyBytes = 64 * 1024;
constexpr std::size_t kMaxHeaderBytes = 16 * 1024;
// Another program that holds the port is seldom gone at once.
constexpr BackoffPolicy kBackoff{.first = seconds(1), .longest = seconds(30)};

http::Response busy() {
  http::Response response =
      problem(503, "busy", "the host has more requests to answer than it can: try again");
  response.headers.push_back({"Retry-After", "1"});
  add_security_headers(response);
  return response;
}

std::string run_name(Rng& rng) {
  std::array<std::byte, 4> bytes{};
  rng.fill(bytes);
  return to_hex(bytes);
}

// Lines of the log are told to those who ask for them by name: there may be many.
constexpr std::string_view kLogKind = "log";
// Told at once to a reader; the next look brings more.
constexpr std::size_t kMaxLogLines = 256;

bool asks_for_log(const std::vector<std::string>& kinds) {
  return std::find(kinds.begin(), kinds.end(), kLogKind) != kinds.end();
}

bool wants(const std::vector<std::string>& kinds, std::string_view event_kind) {
  if (kinds.empty()) return true;
  const std::string_view family = event_kind.substr(0, event_kind.find('.'));
  return std::find(kinds.begin(), kinds.end(), family) != kinds.end();
}

}  // namespace

class ManagementDoor::Shop {
 public:
  Shop(ManagementDoor& door)
      : door_(door),
        api_(door.host_, door.params_.host_names, door.rng_),
        log_(run_name(door.rng_)) {
    watch_.look(door_.host_, log_);
  }

  void work(LocalTime now) {
    while (auto job = door_.jobs_.try_pop()) {
      door_.waiting_.fetch_sub(1);
      answer(*job, now);
    }
    if (now >= look_at_) {
      watch_.look(door_.host_, log_);
      look_at_ = now + (readers_.empty() ? kLookIdle : kLookEvery);
      send_strangers_away();
    }
    for (Reader& reader : readers_) tell(reader, now);
    std::erase_if(readers_, [](const Reader& reader) { return !reader.stream.open(); });
  }

  Nanos patience(LocalTime now) const { return std::max(look_at_ - now, Nanos(milliseconds(1))); }

 private:
  void answer(Job& job, LocalTime now) {
    if (job.reply.abandoned()) return;
    auto answer = api_.answer(job.request);
    if (auto* response = std::get_if<http::Response>(&answer))
      return job.reply.send(std::move(*response));
    if (auto* later = std::get_if<Later>(&answer)) {
      const auto owed = std::make_shared<http::Reply>(std::move(job.reply));
      return later->begin([owed](http::Response told) { owed->send(std::move(told)); });
    }
    if (readers_.size() >= kMaxReaders) return job.reply.send(busy());
    begin(std::move(job.reply), std::get<Subscription>(std::move(answer)), now);
  }

  // Before they are told anything more.
  void send_strangers_away() {
    for (Reader& reader : readers_)
      if (!api_.still_admits(reader.asked)) reader.stream.close();
    std::erase_if(readers_, [](const Reader& reader) { return !reader.stream.open(); });
  }

  void begin(http::Reply reply, Subscription subscription, LocalTime now) {
    http::Response head{.headers = {{"Content-Type", "text/event-stream"}}, .body = ": hello\n\n"};
    add_security_headers(head);
    // What happened since the last look belongs to those who read already, and to this one.
    watch_.look(door_.host_, log_);
    Reader reader{.stream = reply.stream(std::move(head)),
                  .asked = std::move(subscription),
                  .seen = log_.newest(),
                  .told_at = now};
    if (asks_for_log(reader.asked.kinds)) reader.log_after = newest_log_line();
    if (reader.asked.last_event_id) {
      const EventLog::Since since = log_.since_id(*reader.asked.last_event_id);
      send(reader, since);
    }
    look_at_ = std::min(look_at_, now + kLookEvery);
    readers_.push_back(std::move(reader));
  }

  std::uint64_t newest_log_line() const {
    const LogRing* ring = door_.host_.controls().logs.ring;
    return ring == nullptr ? 0 : ring->page({.most = 0, .newest = true}).next;
  }

  // They have no id of the events' kind: who lost its connection finds them at /logs.
  void tell_log(Reader& reader, LocalTime now) {
    if (!reader.log_after) return;
    const auto page =
        admin::handle(door_.host_, "logs", {{"after", *reader.log_after}, {"limit", kMaxLogLines}});
    if (!page) return;
    reader.log_after = (*page)["next"].get<std::uint64_t>();
    if ((*page)["lines"].empty()) return;
    std::string text;
    if ((*page)["dropped"].get<bool>()) text += EventLog::dropped_text();
    for (const auto& line : (*page)["lines"]) text += EventLog::unnumbered_text("log.added", line);
    reader.stream.write(text);
    reader.told_at = now;
  }

  void tell(Reader& reader, LocalTime now) {
    tell_log(reader, now);
    if (reader.seen < log_.newest()) {
      send(reader, log_.since(reader.seen));
      reader.seen = log_.newest();
      reader.told_at = now;
    } else if (now - reader.told_at >= kKeepAlive) {
      reader.stream.write(": still here\n\n");
      reader.told_at = now;
    }
  }

  void send(Reader& reader, const EventLog::Since& since) {
    std::string text;
    if (since.dropped) text += EventLog::dropped_text();
    for (const Event* event : since.events)
      if (wants(reader.asked.kinds, event->kind)) text += log_.text(*event);
    if (!text.empty()) reader.stream.write(text);
  }

  ManagementDoor& door_;
  Api api_;
  EventLog log_;
  EventWatch watch_;
  std::vector<Reader> readers_;
  LocalTime look_at_;
};

ManagementDoor::ManagementDoor(Params params, admin::Administration& host, Rng& rng,
                               HealthBoard& board, const Clock& clock)
    : params_(std::move(params)),
      host_(host),
      rng_(rng),
      clock_(clock),
      thread_({.name = "management", .role = ThreadRole::background}, kBackoff, bell_, board, clock,
              [this](Shift& shift) { return serve(shift); }) {}

Endpoint ManagementDoor::endpoint() const {
  const std::uint16_t port = port_.load();
  return port == 0 ? Endpoint() : params_.listen.with_port(port);
}

Result<http::Server> ManagementDoor::open_server() {
  auto server = http::Server::open(
      {.name = "management-http",
       .listen = {{.endpoint = params_.listen,
                   .tls = http::Tls{.identity = params_.identity},
                   .setting = "management.port"}},
       .limits = {.max_header_bytes = kMaxHeaderBytes, .max_body_bytes = kMaxBodyBytes}},
      [this](http::Request&& request, http::Reply reply) {
        // From memory, so at once.
        if (console::is_ours(request) && !request.target.starts_with("/metrics"))
          return reply.send(console::answer(request, console::built_in_assets()));
        // Only this thread adds: what has room now has room below.
        if (waiting_.load() >= kMaxWaiting) return reply.send(busy());
        waiting_.fetch_add(1);
        if (jobs_.try_push({std::move(request), std::move(reply)})) bell_.ring();
      });
  // Whoever holds the port may go: that is no policy, as `refused` would have it.
  if (!server && server.error().os_code == EADDRINUSE) server.error().kind = ErrorKind::exhausted;
  return server;
}

Result<void> ManagementDoor::serve(Shift& shift) {
  PF_TRY(const http::Server server, open_server());
  port_ = server.endpoint().port();
  log::info("management", "https://{}{}", server.endpoint().to_string(), kPrefix);
  shift.opened();
  Shop shop(*this);
  while (!shift.over()) {
    shop.work(clock_.now());
    bell_.wait(shop.patience(clock_.now()));
  }
  port_ = 0;
  while (jobs_.try_pop()) waiting_.fetch_sub(1);  // whoever still waits is told that nobody will
  return {};
}

}  // namespace pf::management
