#include <arpa/inet.h>

#include <map>
#include <utility>

#include <avahi-common/error.h>

#include "core/mdns/mdns.h"
#include "core/mdns/ways.h"
#include "core/runtime/log.h"

namespace pf::mdns {
namespace {

Endpoint endpoint_of(const AvahiAddress& address, std::uint16_t port) {
  const std::uint32_t ip = ntohl(address.data.ipv4.address);
  return Endpoint::ipv4({static_cast<std::uint8_t>(ip >> 24), static_cast<std::uint8_t>(ip >> 16),
                         static_cast<std::uint8_t>(ip >> 8), static_cast<std::uint8_t>(ip)},
                        port);
}

std::vector<std::byte> bytes_of(AvahiStringList* txt) {
  std::vector<std::byte> bytes(avahi_string_list_serialize(txt, nullptr, 0));
  bytes.resize(avahi_string_list_serialize(txt, bytes.data(), bytes.size()));
  return bytes;
}

// Every service of one type, each with a resolver that lives as long as the service is there, so
// that changes of address or text are seen too.
template <class Way>
class Browsing {
 public:
  Browsing(Way way, const std::string& type, const BrowseEvents& events)
      : way_(way), type_(type), events_(events) {}

  Result<void> open() {
    events_.began();
    browser_.reset(way_.new_browser(type_.c_str(), on_browse, this));
    if (browser_ == nullptr)
      return fail(ErrorKind::lost, "{} does not look for services: {}", Way::kName, way_.trouble());
    return {};
  }

  Result<void> check() const {
    if (failed_ || way_.state() == AVAHI_SERVER_FAILURE)
      return fail(ErrorKind::lost, "{} has gone: {}", Way::kName, way_.trouble());
    return {};
  }

 private:
  using Resolver = typename Way::Resolver;

  static void on_browse(typename Way::Browser*, AvahiIfIndex interface_index, AvahiProtocol,
                        AvahiBrowserEvent event, const char* name, const char* type,
                        const char* domain, AvahiLookupResultFlags, void* self) {
    auto& browsing = *static_cast<Browsing*>(self);
    if (event == AVAHI_BROWSER_NEW) {
      browsing.add({interface_index, name}, type, domain);
    } else if (event == AVAHI_BROWSER_REMOVE) {
      browsing.remove({interface_index, name});
    } else if (event == AVAHI_BROWSER_FAILURE) {
      browsing.failed_ = true;
    }
  }

  static void on_resolve(Resolver*, AvahiIfIndex interface_index, AvahiProtocol,
                         AvahiResolverEvent event, const char* name, const char*, const char*,
                         const char*, const AvahiAddress* address, std::uint16_t port,
                         AvahiStringList* txt, AvahiLookupResultFlags, void* self) {
    auto& browsing = *static_cast<Browsing*>(self);
    if (event == AVAHI_RESOLVER_FOUND && address != nullptr && address->proto == AVAHI_PROTO_INET) {
      browsing.events_.found({interface_index, name},
                             {.address = endpoint_of(*address, port), .txt = bytes_of(txt)});
    } else {
      browsing.events_.gone({interface_index, name});
    }
  }

  void add(const SightingKey& key, const char* type, const char* domain) {
    if (resolvers_.size() >= kMaxSightings || resolvers_.contains(key)) return;
    Owned<Way, Resolver> resolver(
        way_.new_resolver(key.interface_index, key.name.c_str(), type, domain, on_resolve, this));
    if (resolver == nullptr) {
      log::debug("mdns", "cannot resolve \"{}\": {}", key.name, way_.trouble());
      return;
    }
    resolvers_.emplace(key, std::move(resolver));
  }
  void remove(const SightingKey& key) {
    if (resolvers_.erase(key) != 0) events_.gone(key);
  }

  Way way_;
  const std::string& type_;
  const BrowseEvents& events_;
  bool failed_ = false;
  std::map<SightingKey, Owned<Way, Resolver>> resolvers_;
  Owned<Way, typename Way::Browser> browser_;
};

template <class Way, class GiveWay>
Result<void> work(Way way, const std::string& type, const BrowseEvents& events, PollLoop& loop,
                  Shift& shift, GiveWay&& should_give_way) {
  Browsing<Way> browsing(way, type, events);
  PF_TRY_VOID(browsing.open());
  shift.opened();
  while (!shift.over()) {
    loop.turn(kTurnPatience);
    PF_TRY_VOID(browsing.check());
    if (should_give_way()) return fail(ErrorKind::lost, "an avahi daemon has started: asking it");
  }
  return {};
}

}  // namespace

Result<void> browse(const std::string& type, const BrowseEvents& events, const Clock& clock,
                    Shift& shift) {
  PollLoop loop(shift.bell());
  if (auto daemon = Daemon::open(loop))
    return work(DaemonWay{**daemon}, type, events, loop, shift, [] { return false; });
  PF_TRY(auto responder, OwnResponder::open(loop, {}));
  DaemonWatch watch(clock);
  return work(OwnWay{*responder}, type, events, loop, shift,
              [&] { return watch.daemon_has_come(loop); });
}

}  // namespace pf::mdns
