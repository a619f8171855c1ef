#include "host/access/access_store.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "core/crypto/password.h"
#include "core/runtime/files.h"

namespace pf::access {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kTokenPrefix = "pf_";  // so that people and scanners know what it is
constexpr int kVersion = 1;

std::int64_t whole_seconds(WireTime at) {
  return std::chrono::duration_cast<std::chrono::seconds>(at.since_epoch()).count();
}

std::string random_hex(Rng& rng, std::size_t byte_count) {
  std::vector<std::byte> bytes(byte_count);
  rng.fill(bytes);
  return to_hex(bytes);
}

// Twenty letters and digits that nobody confuses, in groups: 96 bits and more.
std::string random_password(Rng& rng) {
  constexpr std::string_view kLetters = "23456789abcdefghjkmnpqrstuvwxyz";
  std::string password;
  for (int i = 0; i < 20; ++i) {
    if (i != 0 && i % 5 == 0) password += '-';
    password += kLetters[rng.below(kLetters.size())];
  }
  return password;
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxTokenNameBytes &&
         std::none_of(name.begin(), name.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

std::optional<Token> parse_token(const Json& json) {
  const auto text = [&](const char* key) {
    const auto at = json.find(key);
    return at != json.end() && at->is_string() ? at->get<std::string>() : std::string();
  };
  const auto date = [&](const char* key) -> std::optional<WireTime> {
    const auto at = json.find(key);
    if (at == json.end() || !at->is_number_unsigned() || at->get<std::uint64_t>() > 1ULL << 33)
      return std::nullopt;
    return WireTime(seconds(at->get<std::int64_t>()));
  };
  if (!json.is_object()) return std::nullopt;
  const auto scope = parse_scope(text("scope"));
  const auto made_at = date("made_at_s");
  const auto hash = from_hex(text("sha256"));
  if (!scope || !made_at || !hash || hash->size() != crypto::Sha256().size()) return std::nullopt;
  Token token{.id = text("id"), .name = text("name"), .scope = *scope, .made_at = *made_at};
  std::copy(hash->begin(), hash->end(), token.hash.begin());
  if (json.contains("expires_at_s")) {
    token.expires_at = date("expires_at_s");
    if (!token.expires_at) return std::nullopt;  // else it would be good for ever
  }
  if (token.id.empty() || !is_name(token.name)) return std::nullopt;
  return token;
}

}  // namespace

std::string_view to_string(Scope scope) noexcept {
  switch (scope) {
    case Scope::read:
      return "read";
    case Scope::control:
      return "control";
    case Scope::admin:
      return "admin";
  }
  return "read";
}

std::optional<Scope> parse_scope(std::string_view name) noexcept {
  for (const Scope scope : {Scope::read, Scope::control, Scope::admin})
    if (to_string(scope) == name) return scope;
  return std::nullopt;
}

std::string AccessStore::write(const Content& content) {
  Json tokens = Json::array();
  for (const Token& token : content.tokens) {
    Json json = {{"id", token.id},
                 {"name", token.name},
                 {"scope", to_string(token.scope)},
                 {"made_at_s", whole_seconds(token.made_at)}};
    if (token.expires_at) json["expires_at_s"] = whole_seconds(*token.expires_at);
    json["sha256"] = to_hex(token.hash);
    tokens.push_back(std::move(json));
  }
  const Json json = {
      {"version", kVersion}, {"password", content.password_hash}, {"tokens", tokens}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<AccessStore::Content> AccessStore::parse(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("tokens") || !json["tokens"].is_array() ||
      !json.contains("password") || !json["password"].is_string() ||
      json["tokens"].size() > kMaxTokens)
    return fail(ErrorKind::malformed, "it is not a whole list of tokens");
  if (json.value("version", Json()) != kVersion)
    return fail(ErrorKind::malformed, "it was written by another version of the host");
  Content content{.password_hash = json["password"].get<std::string>()};
  for (const Json& one : json["tokens"]) {
    auto token = parse_token(one);
    if (!token)
      return fail(ErrorKind::malformed, "token number {} is broken", content.tokens.size() + 1);
    content.tokens.push_back(*std::move(token));
  }
  return content;
}

Result<std::unique_ptr<AccessStore>> AccessStore::open(const std::string& state_dir, Rng& rng) {
  const std::string path = state_dir + "/management.json";
  Content content;
  const auto text = read_small_file(path);
  if (!text && text.error().kind != ErrorKind::unavailable) return tl::unexpected(text.error());
  if (text) {
    auto parsed = parse(*text);
    if (!parsed) {
      return fail(parsed.error().kind, "{}: {}. Remove it to make a new password and new tokens",
                  path, parsed.error().what);
    }
    content = *std::move(parsed);
  }
  return std::unique_ptr<AccessStore>(new AccessStore(path, std::move(content), rng));
}

Result<void> AccessStore::save(Content content) {
  PF_TRY_VOID(replace_file(path_, write(content), FileMode::secret));
  content_ = std::move(content);
  return {};
}

Result<AccessStore::NewToken> AccessStore::create_token(std::string_view name, Scope scope,
                                                        std::optional<WireTime> expires_at,
                                                        WireTime now) {
  if (!is_name(name)) {
    return fail(
        ErrorKind::malformed,
        "name must have 1 to {} bytes without control characters: say what the token is for",
        kMaxTokenNameBytes);
  }
  std::lock_guard lock(mutex_);
  if (content_.tokens.size() >= kMaxTokens)
    return fail(ErrorKind::exhausted, "there are {} tokens already: revoke one", kMaxTokens);
  NewToken made;
  made.secret = std::string(kTokenPrefix) + random_hex(rng_, 32);
  made.token = {.id = random_hex(rng_, 4),
                .name = std::string(name),
                .scope = scope,
                .made_at = now,
                .expires_at = expires_at,
                .hash = crypto::sha256(as_bytes(made.secret))};
  Content content = content_;
  content.tokens.push_back(made.token);
  PF_TRY_VOID(save(std::move(content)));
  return made;
}

std::vector<Token> AccessStore::tokens() const {
  std::lock_guard lock(mutex_);
  return content_.tokens;
}

Result<Token> AccessStore::revoke_token(std::string_view id) {
  std::lock_guard lock(mutex_);
  Content content = content_;
  const auto at = std::find_if(content.tokens.begin(), content.tokens.end(),
                               [&](const Token& token) { return token.id == id; });
  if (at == content.tokens.end()) return fail(ErrorKind::unavailable, "there is no such token");
  const Token revoked = *at;
  content.tokens.erase(at);
  PF_TRY_VOID(save(std::move(content)));
  return revoked;
}

std::optional<Token> AccessStore::check_token(std::string_view secret, WireTime now) const {
  // Hashes are compared, not secrets: how long that takes tells nothing of use.
  const crypto::Sha256 hash = crypto::sha256(as_bytes(secret));
  std::lock_guard lock(mutex_);
  for (const Token& token : content_.tokens)
    if (token.hash == hash && !(token.expires_at && *token.expires_at <= now)) return token;
  return std::nullopt;
}

bool AccessStore::has_password() const {
  std::lock_guard lock(mutex_);
  return !content_.password_hash.empty();
}

Result<std::string> AccessStore::make_password() {
  std::string password;
  {
    std::lock_guard lock(mutex_);
    password = random_password(rng_);
  }
  PF_TRY(std::string hash, crypto::hash_password(password));
  std::lock_guard lock(mutex_);
  Content content = content_;
  content.password_hash = std::move(hash);
  PF_TRY_VOID(save(std::move(content)));
  password_generation_.fetch_add(1);
  return password;
}

bool AccessStore::check_password(std::string_view password) const {
  std::string hash;
  {
    std::lock_guard lock(mutex_);
    hash = content_.password_hash;
  }
  return !hash.empty() && crypto::verify_password(hash, password);
}

}  // namespace pf::access
