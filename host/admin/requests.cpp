#include "host/admin/requests.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "core/message/text.h"
#include "host/admin/access_requests.h"
#include "host/admin/arguments.h"
#include "host/admin/setting_list.h"

namespace pf::admin {
namespace {

// A PIN that is not used within a day was forgotten.
constexpr std::int64_t kMaxLifetime_s = 24 * 3600;

// --- What is given.

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

// 0 seconds: never.
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

// --- What is told.

Json to_json(const trust::Device& device, WireTime now) {
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

const char* name_of(session::SessionStatus::State state) {
  switch (state) {
    case session::SessionStatus::State::starting:
      return "starting";
    case session::SessionStatus::State::streaming:
      return "streaming";
    case session::SessionStatus::State::ending:
      return "ending";
    case session::SessionStatus::State::lingering:
      return "lingering";
  }
  return "ending";
}

const char* name_of(Health health) {
  switch (health) {
    case Health::working:
      return "working";
    case Health::healing:
      return "healing";
    case Health::stuck:
      return "stuck";
    case Health::given_up:
      return "given_up";
  }
  return "working";
}

Json to_json(const session::SessionStatus& session, LocalTime now) {
  return {{"number", session.number},
          {"device", session.device_name},
          {"fingerprint", session.fingerprint ? Json(to_hex(*session.fingerprint)) : Json()},
          {"address", session.remote.to_string()},
          {"mode", to_string(session.mode)},
          {"bitrate_kbps", session.bitrate_kbps},
          {"duration_s", whole_seconds(now - session.since)},
          {"state", name_of(session.state)}};
}

Json to_json(const HealthRow& row, LocalTime now) {
  return {{"worker", row.worker},
          {"health", name_of(row.health)},
          {"for_s", whole_seconds(now - row.since)},
          {"reason", row.reason},
          {"doing", doing(row, now)},
          {"reopened", row.reopened}};
}

// One digit behind the point is more than a level is exact.
double tenths(double value) { return std::round(10 * value) / 10; }

Json to_json(const std::optional<pipeline::MicStatus>& microphone) {
  if (!microphone) return {};
  return {{"open", microphone->open},
          {"recorded", microphone->recorded},
          {"muted", microphone->muted},
          {"session", microphone->session ? Json(*microphone->session) : Json()},
          {"level_dbfs", tenths(microphone->level_dbfs)},
          {"packets", microphone->packets},
          {"concealed", microphone->concealed},
          {"garbage", microphone->garbage},
          {"dropped", microphone->dropped},
          {"heard_samples", microphone->heard_samples},
          {"unheard_samples", microphone->unheard_samples}};
}

template <class List, class Time>
Json list_of(const List& all, Time now) {
  Json list = Json::array();
  for (const auto& one : all) list.push_back(to_json(one, now));
  return list;
}

// --- The rows.

constexpr Argument kWhichDevice{"device", ArgumentType::text, true,
                                "its name, or the beginning of its fingerprint"};
constexpr Argument kWhichKnock{"device", ArgumentType::text, true,
                               "the knock's number, the device's name, or the beginning of its "
                               "fingerprint"};
constexpr Argument kGrants{"grants", ArgumentType::texts, false,
                           "what the device may do; all when not given"};
constexpr Argument kExpiry{"expires_in_s", ArgumentType::whole_number, false,
                           "seconds until its access ends; 0: never"};

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
constexpr std::array kDeviceArguments{kWhichDevice};
constexpr std::array kAccessArguments{kWhichDevice, kGrants, kExpiry};
constexpr std::array kRenameArguments{
    kWhichDevice, Argument{"name", ArgumentType::text, true, "what to call it from now on"}};
constexpr std::array kSoundArguments{
    kWhichDevice, Argument{"play_on", ArgumentType::text, true,
                           "client, both, host, or default: as the setting audio.play_on says"}};
constexpr std::array kSessionArguments{
    Argument{"session", ArgumentType::whole_number, true, "its number"}};

Result<Json> status(Administration& host, const Json&) {
  const HostStatus status = host.status();
  return Json{
      {"version", status.facts.version},
      {"name", status.facts.name},
      {"id", status.facts.id},
      {"address", status.facts.address},
      {"fingerprint", to_hex(status.facts.fingerprint)},
      {"open", status.facts.open},
      {"gamestream", status.facts.gamestream.empty() ? Json() : Json(status.facts.gamestream)},
      {"uptime_s", whole_seconds(status.uptime)},
      {"sessions", status.sessions},
      {"devices", status.devices},
      {"knocks", status.knocks},
      {"pins", status.pins},
      {"pairing_armed", status.pairing_armed},
      {"microphone", to_json(status.microphone)},
      {"health", list_of(status.health, host.now().local)}};
}

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
  return Json{{"armed", status.armed ? to_json(*status.armed, now.local) : Json()},
              {"last", last},
              {"knocks", list_of(host.knocks(), now.local)},
              {"pins", list_of(host.pins(), now.local)},
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
  return to_json(device, host.now().wall);
}

Result<Json> deny(Administration& host, const Json& arguments) {
  PF_TRY(const trust::Knock knock, host.deny(text(arguments, "device")));
  return to_json(knock, host.now().local);
}

Result<Json> devices(Administration& host, const Json&) {
  return Json{{"devices", list_of(host.devices(), host.now().wall)}};
}

Result<Json> set_access(Administration& host, const Json& arguments) {
  PF_TRY(const auto change, access_change(host, arguments));
  PF_TRY(const trust::Device device, host.set_access(text(arguments, "device"), change));
  return to_json(device, host.now().wall);
}

Result<Json> set_sound(Administration& host, const Json& arguments) {
  const std::string name = text(arguments, "play_on");
  const auto play_on = trust::parse_play_on(name);
  if (!play_on && name != "default")
    return fail(ErrorKind::malformed, "play_on must be client, both, host or default");
  PF_TRY(const trust::Device device, host.set_play_on(text(arguments, "device"), play_on));
  return to_json(device, host.now().wall);
}

Result<Json> rename(Administration& host, const Json& arguments) {
  PF_TRY(const trust::Device device,
         host.rename(text(arguments, "device"), text(arguments, "name")));
  return to_json(device, host.now().wall);
}

Result<Json> unpair(Administration& host, const Json& arguments) {
  PF_TRY(const trust::Device device, host.unpair(text(arguments, "device")));
  return to_json(device, host.now().wall);
}

Result<Json> sessions(Administration& host, const Json&) {
  return Json{{"sessions", list_of(host.sessions(), host.now().local)}};
}

Result<Json> stop_session(Administration& host, const Json& arguments) {
  PF_TRY(const auto wanted,
         number(arguments, "session", std::numeric_limits<std::uint32_t>::max()));
  PF_TRY_VOID(host.stop_session(static_cast<unsigned>(*wanted)));
  return Json::object();
}

Result<Json> settings(Administration& host, const Json&) { return setting_list(host.config()); }

const std::array kRequests{
    Request{"status", "What the host is, and how its parts are.", {}, status},
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
    Request{"devices", "The paired devices.", {}, devices},
    Request{"set-access", "Changes what a paired device may do, and for how long.",
            kAccessArguments, set_access},
    Request{"set-sound", "Says where a paired device's sound is heard, from its next session on.",
            kSoundArguments, set_sound},
    Request{"rename", "Calls a paired device something else.", kRenameArguments, rename},
    Request{"unpair", "Forgets a device, and ends its session.", kDeviceArguments, unpair},
    Request{"sessions", "Who is connected.", {}, sessions},
    Request{"stop-session", "Ends a session.", kSessionArguments, stop_session},
    Request{"settings", "The settings in force, and what each may be.", {}, settings},
    Request{"tokens", "Who may use the management API with a token.", {}, tokens},
    Request{"token-create", "Makes a token; its secret is told this once.",
            token_create_arguments(), token_create},
    Request{"token-revoke", "Makes a token void.", token_revoke_arguments(), token_revoke},
    Request{"new-password",
            "A new password for the management API, told this once; the old one is void.",
            {},
            new_password},
};

// --- Checks.

bool suits(ArgumentType type, const Json& value) {
  switch (type) {
    case ArgumentType::text:
      return value.is_string();
    case ArgumentType::whole_number:
      return value.is_number_integer();
    case ArgumentType::texts:
      return value.is_array() && std::all_of(value.begin(), value.end(),
                                             [](const Json& item) { return item.is_string(); });
  }
  return false;
}

const char* name_of(ArgumentType type) {
  switch (type) {
    case ArgumentType::text:
      return "a text";
    case ArgumentType::whole_number:
      return "a whole number";
    case ArgumentType::texts:
      return "a list of texts";
  }
  return "something else";
}

Result<void> check(const Request& request, const Json& arguments) {
  if (!arguments.is_object()) return fail(ErrorKind::malformed, "args must be an object");
  for (const auto& item : arguments.items()) {
    const auto known =
        std::find_if(request.arguments.begin(), request.arguments.end(),
                     [&](const Argument& argument) { return argument.name == item.key(); });
    if (known == request.arguments.end()) {
      return fail(ErrorKind::malformed, "{} takes no argument \"{}\"", request.name,
                  message::printable(item.key(), kShownBytes));
    }
    if (!suits(known->type, item.value()))
      return fail(ErrorKind::malformed, "{} must be {}", known->name, name_of(known->type));
  }
  for (const Argument& argument : request.arguments) {
    if (argument.required && !arguments.contains(std::string(argument.name))) {
      return fail(ErrorKind::malformed, "{} needs the argument {}: {}", request.name, argument.name,
                  argument.sentence);
    }
  }
  return {};
}

// Texts of ours and of peers are UTF-8 already; a library's text may not be.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::span<const Request> requests() { return kRequests; }

std::string_view error_code(ErrorKind kind) noexcept {
  switch (kind) {
    case ErrorKind::unavailable:
      return "not_found";
    case ErrorKind::malformed:
      return "bad_argument";
    case ErrorKind::refused:
      return "refused";
    case ErrorKind::exhausted:
      return "exhausted";
    default:
      return "failed";
  }
}

Result<Json> handle(Administration& administration, std::string_view name, const Json& arguments) {
  for (const Request& request : kRequests) {
    if (request.name != name) continue;
    PF_TRY_VOID(check(request, arguments));
    return request.handle(administration, arguments);
  }
  return fail(ErrorKind::malformed, "there is no request \"{}\"",
              message::printable(name, kShownBytes));
}

std::string answer_line(Administration& administration, std::string_view line) {
  const Json question = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!question.is_object() || !question.contains("op") || !question["op"].is_string()) {
    return error_line("bad_argument",
                      "a request is one line of JSON such as {\"op\": \"status\", \"args\": {}}");
  }
  const auto answer = handle(administration, question["op"].get_ref<const std::string&>(),
                             question.value("args", Json::object()));
  if (answer) return dump({{"ok", *answer}});
  return error_line(error_code(answer.error().kind), answer.error().what);
}

std::string error_line(std::string_view code, std::string_view sentence) {
  return dump({{"error", {{"code", code}, {"sentence", sentence}}}});
}

}  // namespace pf::admin
