#include "host/admin/device_words.h"

#include "core/base/hex.h"
#include "core/message/text.h"

namespace pf::admin {
namespace {

Result<std::optional<message::Grants>> grants(const Json& arguments) {
  const auto at = arguments.find("grants");
  if (at == arguments.end()) return std::optional<message::Grants>();
  std::uint32_t bits = 0;
  for (const Json& name : *at) {
    const auto grant = trust::parse_grant(name.get_ref<const std::string&>());
    if (!grant) {
      return fail(ErrorKind::malformed, "there is no grant \"{}\"; there are {}",
                  message::printable(name.get_ref<const std::string&>(), kShownBytes),
                  fmt::join(trust::grant_names(message::Grants::all()), ", "));
    }
    bits |= std::uint32_t{1} << static_cast<unsigned>(*grant);
  }
  return std::optional(message::Grants::from_bits(bits));
}

}  // namespace

Result<Administration::AccessChange> access_change(const Administration& administration,
                                                   const Json& arguments) {
  Administration::AccessChange change;
  PF_TRY(change.grants, grants(arguments));
  PF_TRY(const auto expires_in_s, number(arguments, "expires_in_s", kMaxExpiry_s));
  if (expires_in_s && *expires_in_s == 0) change.expires_at.emplace();
  if (expires_in_s && *expires_in_s != 0)
    change.expires_at = administration.now().wall + std::chrono::seconds(*expires_in_s);
  return change;
}

Result<trust::Access> access(const Administration& administration, const Json& arguments) {
  PF_TRY(const auto change, access_change(administration, arguments));
  trust::Access access;
  if (change.grants) access.grants = *change.grants;
  if (change.expires_at) access.expires_at = *change.expires_at;
  return access;
}

Json device_json(const trust::Device& device, WireTime now) {
  return {{"fingerprint", to_hex(device.fingerprint)},
          {"name", device.name},
          {"kind", trust::kind_name(device.kind)},
          {"grants", trust::grant_names(device.access.grants)},
          {"play_on", device.play_on ? Json(trust::play_on_name(*device.play_on)) : Json()},
          {"expires_at_s", date(device.access.expires_at)},
          {"expired", device.access.expired(now)},
          {"paired_at_s", date(device.paired_at)},
          {"last_seen_s", date(device.last_seen)}};
}

}  // namespace pf::admin
