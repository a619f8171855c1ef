#include "host/admin/request_tables.h"

#include <array>

#include "core/base/hex.h"
#include "host/admin/device_words.h"

namespace pf::admin {
namespace {

// A PIN that is not used within a day was forgotten.
constexpr std::int64_t kMaxLifetime_s = 24 * 3600;

Json to_json(const trust::Knock& knock, LocalTime now) {
  return {{"id", static_cast<std::uint64_t>(knock.id)},
          {"fingerprint", to_hex(knock.fingerprint)},
          {"name", knock.name},
          {"from", knock.from.to_string()},
          {"since_s", whole_seconds(now - knock.since)},
          {"waiting", knock.waiting}};
}

Json to_json(const gamestream::PinWaiting& pin, LocalTime now) {
  return {{"ticket", pin.ticket},
          {"from", pin.address},
          {"fingerprint", to_hex(pin.fingerprint)},
          {"since_s", whole_seconds(now - pin.since)}};
}

const char* name_of(gamestream::PinOutcome::Kind kind) {
  switch (kind) {
    case gamestream::PinOutcome::Kind::paired:
      return "paired";
    case gamestream::PinOutcome::Kind::wrong_pin:
      return "wrong_pin";
    case gamestream::PinOutcome::Kind::abandoned:
      return "abandoned";
    case gamestream::PinOutcome::Kind::not_saved:
      return "not_saved";
  }
  return "abandoned";
}

Json to_json(const std::optional<gamestream::PinOutcome>& last) {
  if (!last) return {};
  return {{"ticket", last->ticket},
          {"outcome", name_of(last->kind)},
          {"name", last->name},
          {"fingerprint", to_hex(last->fingerprint)},
          {"why", last->why}};
}

// Without the PIN: that is for whoever armed it.
Json to_json(const trust::ArmedPairing& armed, LocalTime now) {
  return {{"arming", static_cast<std::uint64_t>(armed.id)},
          {"left_s", armed.until ? Json(whole_seconds(*armed.until - now)) : Json()},
          {"device", armed.only ? Json(to_hex(*armed.only)) : Json()}};
}

const char* name_of(trust::PairingOutcome::Kind kind) {
  switch (kind) {
    case trust::PairingOutcome::Kind::paired:
      return "paired";
    case trust::PairingOutcome::Kind::wrong_pin:
      return "wrong_pin";
    case trust::PairingOutcome::Kind::abandoned:
      return "abandoned";
    case trust::PairingOutcome::Kind::not_saved:
      return "not_saved";
  }
  return "abandoned";
}

constexpr Argument kWhichKnock{"device", ArgumentType::text, true,
                               "the knock's number, the device's name, or the beginning of its "
                               "fingerprint"};

constexpr std::array kPairArguments{
    Argument{"lifetime_s", ArgumentType::whole_number, false,
             "seconds that the PIN is good for; without: until it is used"},
    Argument{"device", ArgumentType::text, false,
             "fingerprint of the only device that may use the PIN"},
    kGrants, kExpiry};
constexpr std::array kPinArguments{
    Argument{"pin", ArgumentType::text, true, "the four digits that the client shows"},
    Argument{"device", ArgumentType::text, false,
             "its address or the beginning of its fingerprint, when several wait"},
    Argument{"name", ArgumentType::text, false, "what to call it"}, kGrants, kExpiry};
constexpr std::array kKnockArguments{kWhichKnock, kGrants, kExpiry};
constexpr std::array kDenyArguments{kWhichKnock};

Result<Json> pair(Administration& host, const Json& arguments) {
  trust::ArmRequest request;
  PF_TRY(const auto lifetime_s, number(arguments, "lifetime_s", kMaxLifetime_s));
  if (lifetime_s) request.lifetime = std::chrono::seconds(*lifetime_s);
  if (const std::string only = text(arguments, "device"); !only.empty()) {
    request.only = crypto::parse_fingerprint(only);
    if (!request.only)
      return fail(ErrorKind::malformed, "device must be a fingerprint of 64 hexadecimal digits");
  }
  PF_TRY(request.access, access(host, arguments));
  const trust::ArmedPairing armed = host.arm_pairing(request);
  Json json = to_json(armed, host.now().local);
  json["pin"] = armed.pin;
  return json;
}

Result<Json> disarm(Administration& host, const Json&) {
  host.disarm_pairing();
  return Json::object();
}

Result<Json> pairing(Administration& host, const Json&) {
  const trust::PairingStatus status = host.pairing();
  const trust::Moment now = host.now();
  Json last;
  if (status.last) {
    last = {{"arming", static_cast<std::uint64_t>(status.last->arming)},
            {"outcome", name_of(status.last->kind)},
            {"name", status.last->name},
            {"fingerprint", to_hex(status.last->fingerprint)}};
  }
  return Json{
      {"armed", status.armed ? to_json(*status.armed, now.local) : Json()},
      {"last", last},
      {"knocks", list_of(host.knocks(), [&](const auto& one) { return to_json(one, now.local); })},
      {"pins", list_of(host.pins(), [&](const auto& one) { return to_json(one, now.local); })},
      {"last_pin", to_json(host.last_pin())}};
}

Result<Json> pin(Administration& host, const Json& arguments) {
  gamestream::PinEntry entry{.pin = text(arguments, "pin"),
                             .device = text(arguments, "device"),
                             .name = text(arguments, "name"),
                             .access = {}};
  PF_TRY(entry.access, access(host, arguments));
  PF_TRY(const gamestream::PinTicket ticket, host.enter_pin(entry));
  return Json{{"ticket", ticket}};
}

Result<Json> approve(Administration& host, const Json& arguments) {
  PF_TRY(const trust::Access granted, access(host, arguments));
  PF_TRY(const trust::Device device, host.approve(text(arguments, "device"), granted));
  return device_json(device, host.now().wall);
}

Result<Json> deny(Administration& host, const Json& arguments) {
  PF_TRY(const trust::Knock knock, host.deny(text(arguments, "device")));
  return to_json(knock, host.now().local);
}

}  // namespace

std::span<const Request> pairing_requests() {
  static const std::array rows{
      Request{"pair", "Makes a PIN, good for pairing one device.", kPairArguments, pair},
      Request{"disarm", "Makes the PIN void.", {}, disarm},
      Request{"pairing",
              "Whether a PIN waits, what came of the last one, who knocks, and which Moonlight "
              "clients wait for a PIN.",
              {},
              pairing},
      Request{"pin", "Enters the PIN that a Moonlight client shows.", kPinArguments, pin},
      Request{"approve", "Pairs a device that waits for approval.", kKnockArguments, approve},
      Request{"deny", "Sends a device away that waits for approval.", kDenyArguments, deny},
  };
  return rows;
}

}  // namespace pf::admin
