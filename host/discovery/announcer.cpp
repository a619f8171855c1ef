#include "host/discovery/announcer.h"

#include "core/message/text.h"
#include "core/wire/v1/service_record.h"
#include "host/discovery/machine_facts.h"

namespace pf::discovery {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // one DNS label (RFC 6763 section 4.1.1)

// A daemon that restarts is back within seconds; one that refuses us may do so for hours.
constexpr BackoffPolicy kBackoff{
    .first = milliseconds(250), .longest = seconds(30), .forgotten_after = seconds(60)};

mdns::Service service_of(const Announcement& announcement) {
  std::string name = message::printable(announcement.display_name, kMaxNameBytes);
  if (name.empty()) name = "punktfunk";
  return {.type = std::string(message::kServiceType),
          .name = name,
          .host_label = wire::v1::service_host_label(announcement.display_name),
          .port = announcement.listen.port(),
          .txt = wire::v1::write_service_txt(announcement.advert),
          .interface_index = interface_of(announcement.listen)};
}

}  // namespace

bool can_be_announced(const Endpoint& listen) {
  if (listen.is_ipv4()) return listen.to_string().substr(0, 4) != "127.";
  // Of IPv6 only the address of all interfaces, which takes IPv4 clients too.
  return listen.same_address(Endpoint::ipv6({}, 0));
}

Announcer::Announcer(const Announcement& announcement, HealthBoard& board, const Clock& clock)
    : service_(service_of(announcement)),
      thread_({"mdns", ThreadRole::background}, kBackoff, bell_, board, clock,
              [this, &clock](Shift& shift) { return mdns::announce(service_, clock, shift); }) {}

}  // namespace pf::discovery
