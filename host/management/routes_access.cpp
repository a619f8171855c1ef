#include "host/management/subject.h"

#include "host/management/schema_words.h"

namespace pf::management {
namespace {

using namespace words;

Json token() {
  return object({{"id", hex(8)},
                 {"name", text()},
                 {"scope", one_of_these({"read", "control", "admin"})},
                 {"made_at_s", seconds_since_1970()},
                 {"expires_at_s", or_null(seconds_since_1970())},
                 {"expired", flag()}});
}

std::vector<Route> access_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/tokens",
       .id = "listTokens",
       .sentence = "The tokens that this API takes.",
       .need = admin,
       .schema = "TokenList",
       .requests = {"tokens"}},
      {.method = "POST",
       .path = "/tokens",
       .id = "createToken",
       .sentence = "Makes a token; its secret is told this once.",
       .need = admin,
       .schema = "NewToken",
       .status = 201,
       .requests = {"token-create"}},
      {.method = "DELETE",
       .path = "/tokens/{token}",
       .id = "revokeToken",
       .sentence = "Makes a token void.",
       .need = admin,
       .status = 204,
       .requests = {"token-revoke"}},
      {.method = "POST",
       .path = "/login",
       .id = "logIn",
       .sentence =
           "Exchanges the password for a cookie, and a text to send along with every change.",
       .need = nothing,
       .schema = "Login",
       .own = Own::log_in},
      {.method = "POST",
       .path = "/logout",
       .id = "logOut",
       .sentence = "Makes the cookie void.",
       .need = device,
       .status = 204,
       .own = Own::log_out,
       .repeatable = true},
      {.method = "GET",
       .path = "/me",
       .id = "whoAmI",
       .sentence = "Who asks, and what that may do.",
       .need = device,
       .schema = "Caller",
       .own = Own::who_am_i},
  };
}

Json access_schemas() {
  return {{"Token", token()},
          {"TokenList", list_object("tokens", "Token")},
          {"NewToken", with(token(), "secret", described(text(), "told this once"))},
          {"Login", object({{"csrf_token", described(text(), "for the header X-CSRF-Token")},
                            {"expires_in_s", whole()}})},
          {"Caller", object({{"kind", one_of_these({"token", "password", "device"})},
                             {"name", text()},
                             {"scope", one_of_these({"device", "read", "control", "admin"})},
                             {"csrf_token", described(or_null(text()),
                                                      "for the header X-CSRF-Token; null: none "
                                                      "is asked for")}})}};
}

}  // namespace

Subject access_subject() { return {access_rows(), access_schemas()}; }

}  // namespace pf::management
