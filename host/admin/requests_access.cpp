#include "host/admin/request_tables.h"

#include <array>

#include "core/message/text.h"
#include "host/admin/arguments.h"

namespace pf::admin {
namespace {

constexpr std::array kCreateArguments{
    Argument{"name", ArgumentType::text, true, "what the token is for, to be recognised by"},
    Argument{"scope", ArgumentType::text, true, "what it may do: read, control or admin"},
    Argument{"expires_in_s", ArgumentType::whole_number, false,
             "seconds until it is void; 0 or not given: never"}};
constexpr std::array kRevokeArguments{
    Argument{"token", ArgumentType::text, true, "its id, as the list of tokens shows it"}};

Json to_json(const access::Token& token, WireTime now) {
  return {{"id", token.id},
          {"name", token.name},
          {"scope", access::to_string(token.scope)},
          {"made_at_s", date(token.made_at)},
          {"expires_at_s", date(token.expires_at)},
          {"expired", token.expires_at && *token.expires_at <= now}};
}

Result<Json> tokens(Administration& host, const Json&) {
  Json list = Json::array();
  for (const access::Token& token : host.access().tokens())
    list.push_back(to_json(token, host.now().wall));
  return Json{{"tokens", std::move(list)}};
}

Result<Json> token_create(Administration& host, const Json& arguments) {
  const std::string name = text(arguments, "scope");
  const auto scope = access::parse_scope(name);
  if (!scope) {
    return fail(ErrorKind::malformed, "scope must be read, control or admin, not \"{}\"",
                message::printable(name, kShownBytes));
  }
  PF_TRY(const auto expires_in_s, number(arguments, "expires_in_s", kMaxExpiry_s));
  const WireTime now = host.now().wall;
  std::optional<WireTime> expires_at;
  if (expires_in_s && *expires_in_s != 0) expires_at = now + std::chrono::seconds(*expires_in_s);
  PF_TRY(const auto made,
         host.access().create_token(text(arguments, "name"), *scope, expires_at, now));
  Json json = to_json(made.token, now);
  json["secret"] = made.secret;
  return json;
}

Result<Json> token_revoke(Administration& host, const Json& arguments) {
  PF_TRY(const access::Token token, host.access().revoke_token(text(arguments, "token")));
  return to_json(token, host.now().wall);
}

Result<Json> new_password(Administration& host, const Json&) {
  PF_TRY(const std::string password, host.access().make_password());
  return Json{{"password", password}};
}

}  // namespace

std::span<const Request> access_requests() {
  static const std::array rows{
      Request{"tokens", "Who may use the management API with a token.", {}, tokens},
      Request{"token-create", "Makes a token; its secret is told this once.", kCreateArguments,
              token_create},
      Request{"token-revoke", "Makes a token void.", kRevokeArguments, token_revoke},
      Request{"new-password",
              "A new password for the management API, told this once; the old one is void.",
              {},
              new_password},
  };
  return rows;
}

}  // namespace pf::admin
