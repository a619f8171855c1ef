#include <algorithm>
#include <list>

#include <avahi-common/alternative.h>
#include <avahi-common/error.h>
#include <avahi-common/malloc.h>

#include "core/mdns/mdns.h"
#include "core/mdns/ways.h"
#include "core/runtime/log.h"
#include "core/runtime/system_clock.h"

namespace pf::mdns {
namespace {

// Two hosts that start under one name at the same moment both take the next one, and the next: with
// pauses of chance between, one is there first and keeps it. Doubled with each collision, because
// on a starved machine the answer that would have decided comes late.
constexpr Nanos kFirstPause = milliseconds(250);
constexpr Nanos kLongestPause = seconds(8);

struct StringListDeleter {
  void operator()(AvahiStringList* list) const noexcept { avahi_string_list_free(list); }
};

// One service, put up whenever the responder is ready for it, under another name where its own is
// taken.
template <class Way>
class Announcement {
 public:
  // `clock` outlives it.
  Announcement(Way way, const Service& service, const Clock& clock)
      : way_(way), service_(service), clock_(clock), name_(service.name) {}

  // After every turn of the loop. True: the service is on the network, or about to be.
  Result<bool> keep_up() {
    switch (way_.state()) {
      case AVAHI_SERVER_FAILURE:
        return fail(ErrorKind::lost, "{} has gone: {}", Way::kName, way_.trouble());
      case AVAHI_SERVER_RUNNING:
        break;
      default:  // the names of this machine are being settled: services wait for them
        group_.reset();
        return false;
    }
    if (group_ != nullptr && group_state_ == AVAHI_ENTRY_GROUP_FAILURE)
      return fail(ErrorKind::lost, "{} dropped our service: {}", Way::kName, way_.trouble());
    if (group_ != nullptr && group_state_ == AVAHI_ENTRY_GROUP_COLLISION) take_another_name();
    if (group_ == nullptr && clock_.now() >= put_up_at_) PF_TRY_VOID(put_up());
    return true;
  }

 private:
  Result<void> put_up() {
    group_state_ = AVAHI_ENTRY_GROUP_UNCOMMITED;
    group_.reset(way_.new_group(on_group, this));
    if (group_ == nullptr) return refused(way_.trouble());
    AvahiStringList* list = nullptr;
    // The library aborts when it is given no bytes at all.
    if (!service_.txt.empty() &&
        avahi_string_list_parse(service_.txt.data(), service_.txt.size(), &list) != 0)
      return fail(ErrorKind::refused, "{}: the TXT data is none", service_.type);
    const std::unique_ptr<AvahiStringList, StringListDeleter> txt(list);
    const AvahiIfIndex interface_index = service_.interface_index == 0
                                             ? AVAHI_IF_UNSPEC
                                             : static_cast<AvahiIfIndex>(service_.interface_index);
    int code = way_.add_service(group_.get(), interface_index, name_.c_str(), service_.type.c_str(),
                                service_.port, txt.get());
    if (code == AVAHI_ERR_COLLISION) {  // with another service of the same daemon
      take_another_name();
      return {};
    }
    if (code == 0) code = Way::commit(group_.get());
    if (code != 0) return refused(avahi_strerror(code));
    log::info("mdns", "announcing \"{}\" ({}) through {}", name_, service_.type, Way::kName);
    return {};
  }

  static Failure refused(const std::string& reason) {
    return fail(ErrorKind::lost, "{} does not announce us: {}", Way::kName, reason);
  }

  void take_another_name() {
    group_.reset();
    char* const other = avahi_alternative_service_name(name_.c_str());
    log::info("mdns", "another host is called \"{}\": this one becomes \"{}\"", name_, other);
    name_ = other;
    avahi_free(other);
    put_up_at_ =
        clock_.now() +
        Nanos(static_cast<std::int64_t>(rng_.unit() * static_cast<double>(most_pause_.count())));
    most_pause_ = std::min(2 * most_pause_, kLongestPause);
  }

  static void on_group(AvahiEntryGroup*, AvahiEntryGroupState state, void* self) {
    static_cast<Announcement*>(self)->group_state_ = state;
  }
  static void on_group(AvahiServer*, AvahiSEntryGroup*, AvahiEntryGroupState state, void* self) {
    static_cast<Announcement*>(self)->group_state_ = state;
  }

  Way way_;
  const Service& service_;
  const Clock& clock_;
  SystemRng rng_;
  std::string name_;
  LocalTime put_up_at_;
  Nanos most_pause_ = kFirstPause;
  AvahiEntryGroupState group_state_ = AVAHI_ENTRY_GROUP_UNCOMMITED;
  Owned<Way, typename Way::Group> group_;
};

template <class Way, class GiveWay>
Result<void> work(Way way, const std::vector<Service>& services, PollLoop& loop, Shift& shift,
                  const Clock& clock, GiveWay&& should_give_way) {
  std::list<Announcement<Way>> announcements;  // avahi keeps their addresses
  for (const Service& service : services) announcements.emplace_back(way, service, clock);
  bool said = false;
  while (!shift.over()) {
    bool all_up = true;
    for (Announcement<Way>& announcement : announcements) {
      PF_TRY(const bool up, announcement.keep_up());
      all_up = all_up && up;
    }
    if (all_up && !std::exchange(said, true)) shift.opened();
    if (should_give_way())
      return fail(ErrorKind::lost, "an avahi daemon has started: announcing through it");
    loop.turn(kTurnPatience);
  }
  return {};
}

}  // namespace

Result<void> announce(const std::vector<Service>& services, const Clock& clock, Shift& shift) {
  PollLoop loop(shift.bell());
  if (auto daemon = Daemon::open(loop))
    return work(DaemonWay{**daemon}, services, loop, shift, clock, [] { return false; });
  PF_TRY(auto responder,
         OwnResponder::open(loop, {.host_label = services.front().host_label,
                                   .interface_index = services.front().interface_index}));
  DaemonWatch watch(clock);
  return work(OwnWay{*responder}, services, loop, shift, clock,
              [&] { return watch.daemon_has_come(loop); });
}

}  // namespace pf::mdns
