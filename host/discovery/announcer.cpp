#include "host/discovery/announcer.h"

#include <utility>

#include "core/message/text.h"
#include "core/wire/v1/service_record.h"
#include "host/discovery/machine_facts.h"

namespace pf::discovery {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // one DNS label (RFC 6763 section 4.1.1)

// A daemon that restarts is back within seconds; one that refuses us may do so for hours.
constexpr BackoffPolicy kBackoff{
    .first = milliseconds(250), .longest = seconds(30), .forgotten_after = seconds(60)};

// What Moonlight clients take for a name: letters, digits and hyphens, up to the first other one.
std::string gamestream_name(std::string_view display_name) {
  std::string name;
  for (const char c : display_name.substr(0, kMaxNameBytes)) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && c != '-' && c != ' ') break;
    name += c == ' ' ? '-' : c;
  }
  return name.empty() ? "punktfunk" : name;
}

}  // namespace

mdns::Service native_service(const Announcement& announcement) {
  std::string name = message::printable(announcement.display_name, kMaxNameBytes);
  if (name.empty()) name = "punktfunk";
  return {.type = std::string(message::kServiceType),
          .name = name,
          .host_label = wire::v1::service_host_label(announcement.display_name),
          .port = announcement.listen.port(),
          .txt = wire::v1::write_service_txt(announcement.advert),
          .interface_index = interface_of(announcement.listen)};
}

mdns::Service gamestream_service(const std::string& display_name, const Endpoint& http) {
  // A label of its own: where there is no daemon each announcer has a responder, and two of them
  // must not defend the same one.
  constexpr std::string_view kSuffix = "-gs";
  const std::string label = wire::v1::service_host_label(display_name);
  return {.type = "_nvstream._tcp",
          .name = gamestream_name(display_name),
          .host_label = label.substr(0, kMaxNameBytes - kSuffix.size()) + std::string(kSuffix),
          .port = http.port(),
          .txt = {},  // clients read none
          .interface_index = interface_of(http)};
}

bool can_be_announced(const Endpoint& listen) {
  if (listen.is_ipv4()) return listen.to_string().substr(0, 4) != "127.";
  // Of IPv6 only the address of all interfaces, which takes IPv4 clients too.
  return listen.same_address(Endpoint::ipv6({}, 0));
}

Announcer::Announcer(const Announcement& announcement, HealthBoard& board, const Clock& clock)
    : Announcer(native_service(announcement), "mdns", board, clock) {}

Announcer::Announcer(mdns::Service service, std::string worker, HealthBoard& board,
                     const Clock& clock)
    : service_(std::move(service)),
      thread_({std::move(worker), ThreadRole::background}, kBackoff, bell_, board, clock,
              [this, &clock](Shift& shift) { return mdns::announce(service_, clock, shift); }) {}

}  // namespace pf::discovery
