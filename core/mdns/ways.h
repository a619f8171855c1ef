// The daemon's calls and those of avahi's core do the same under other names: here they get the
// same names, so that announcing and browsing are each written once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/time.h"
#include "core/mdns/daemon.h"
#include "core/mdns/own_responder.h"

namespace pf::mdns {

// How long either way may sleep: avahi wakes the loop for everything that happens.
inline constexpr milliseconds kTurnPatience{100};

struct DaemonWay {
  static constexpr const char* kName = "the avahi daemon";
  using Group = AvahiEntryGroup;
  using Browser = AvahiServiceBrowser;
  using Resolver = AvahiServiceResolver;

  Daemon& daemon;

  // The two enumerations have the same values where both have one.
  AvahiServerState state() const noexcept {
    static_assert(static_cast<int>(AVAHI_CLIENT_S_RUNNING) == AVAHI_SERVER_RUNNING &&
                  static_cast<int>(AVAHI_CLIENT_S_REGISTERING) == AVAHI_SERVER_REGISTERING &&
                  static_cast<int>(AVAHI_CLIENT_S_COLLISION) == AVAHI_SERVER_COLLISION);
    if (daemon.state() == AVAHI_CLIENT_FAILURE) return AVAHI_SERVER_FAILURE;
    return static_cast<AvahiServerState>(daemon.state());
  }
  std::string trouble() const { return daemon.trouble(); }

  Group* new_group(AvahiEntryGroupCallback callback, void* self) {
    return client_library()->group_new(daemon.client(), callback, self);
  }
  int add_service(Group* group, AvahiIfIndex interface_index, const char* name, const char* type,
                  std::uint16_t port, AvahiStringList* txt) {
    return client_library()->group_add_service(group, interface_index, AVAHI_PROTO_INET, {}, name,
                                               type, nullptr, nullptr, port, txt);
  }
  static int commit(Group* group) { return client_library()->group_commit(group); }
  static void free(Group* group) { client_library()->group_free(group); }

  Browser* new_browser(const char* type, AvahiServiceBrowserCallback callback, void* self) {
    return client_library()->browser_new(daemon.client(), AVAHI_IF_UNSPEC, AVAHI_PROTO_INET, type,
                                         nullptr, {}, callback, self);
  }
  static void free(Browser* browser) { client_library()->browser_free(browser); }
  Resolver* new_resolver(AvahiIfIndex interface_index, const char* name, const char* type,
                         const char* domain, AvahiServiceResolverCallback callback, void* self) {
    return client_library()->resolver_new(daemon.client(), interface_index, AVAHI_PROTO_INET, name,
                                          type, domain, AVAHI_PROTO_INET, {}, callback, self);
  }
  static void free(Resolver* resolver) { client_library()->resolver_free(resolver); }
};

struct OwnWay {
  static constexpr const char* kName = "our own responder";
  using Group = AvahiSEntryGroup;
  using Browser = AvahiSServiceBrowser;
  using Resolver = AvahiSServiceResolver;

  OwnResponder& responder;

  AvahiServerState state() const noexcept { return responder.state(); }
  std::string trouble() const { return responder.trouble(); }

  Group* new_group(AvahiSEntryGroupCallback callback, void* self) {
    return core_library()->group_new(responder.server(), callback, self);
  }
  int add_service(Group* group, AvahiIfIndex interface_index, const char* name, const char* type,
                  std::uint16_t port, AvahiStringList* txt) {
    return core_library()->add_service(responder.server(), group, interface_index, AVAHI_PROTO_INET,
                                       {}, name, type, nullptr, nullptr, port, txt);
  }
  static int commit(Group* group) { return core_library()->group_commit(group); }
  static void free(Group* group) { core_library()->group_free(group); }

  Browser* new_browser(const char* type, AvahiSServiceBrowserCallback callback, void* self) {
    return core_library()->browser_new(responder.server(), AVAHI_IF_UNSPEC, AVAHI_PROTO_INET, type,
                                       nullptr, {}, callback, self);
  }
  static void free(Browser* browser) { core_library()->browser_free(browser); }
  Resolver* new_resolver(AvahiIfIndex interface_index, const char* name, const char* type,
                         const char* domain, AvahiSServiceResolverCallback callback, void* self) {
    return core_library()->resolver_new(responder.server(), interface_index, AVAHI_PROTO_INET, name,
                                        type, domain, AVAHI_PROTO_INET, {}, callback, self);
  }
  static void free(Resolver* resolver) { core_library()->resolver_free(resolver); }
};

// An object of avahi's, freed as its way wants it.
template <class Way, class T>
struct Freed {
  void operator()(T* object) const noexcept { Way::free(object); }
};
template <class Way, class T>
using Owned = std::unique_ptr<T, Freed<Way, T>>;

// While our own responder works: has a daemon come up, to give way to? Asked rarely, since asking
// means dialling D-Bus.
class DaemonWatch {
 public:
  explicit DaemonWatch(const Clock& clock) : clock_(clock), next_(clock.now() + kEvery) {}

  bool daemon_has_come(PollLoop& loop) {
    const LocalTime now = clock_.now();
    if (now < next_) return false;
    next_ = now + kEvery;
    return Daemon::open(loop).has_value();
  }

 private:
  static constexpr Nanos kEvery = seconds(30);
  const Clock& clock_;
  LocalTime next_;
};

}  // namespace pf::mdns
