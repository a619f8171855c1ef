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

mdns::Service gamestream_service(const Announcement& announcement) {
  return {.type = "_nvstream._tcp",
          .name = gamestream_name(announcement.display_name),
          .host_label = wire::v1::service_host_label(announcement.display_name),
          .port = announcement.gamestream->port(),
          .txt = {},  // clients read none
          .interface_index = interface_of(*announcement.gamestream)};
}

}  // namespace

std::vector<mdns::Service> services_of(const Announcement& announcement) {
  std::vector<mdns::Service> services{native_service(announcement)};
  if (announcement.gamestream) services.push_back(gamestream_service(announcement));
  return services;
}

bool can_be_announced(const Endpoint& listen) {
  if (listen.is_ipv4()) return listen.to_string().substr(0, 4) != "127.";
  // Of IPv6 only the address of all interfaces, which takes IPv4 clients too.
  return listen.same_address(Endpoint::ipv6({}, 0));
}

Announcer::Announcer(const Announcement& announcement, HealthBoard& board, const Clock& clock)
    : services_(services_of(announcement)),
      thread_({"mdns", ThreadRole::background}, kBackoff, bell_, board, clock,
              [this, &clock](Shift& shift) { return mdns::announce(services_, clock, shift); }) {}

}  // namespace pf::discovery
