#include "core/runtime/redact.h"

#include <algorithm>
#include <array>

namespace pf {
namespace {

constexpr std::string_view kRemoved = "[removed]";
constexpr std::string_view kToken = "pf_";
constexpr std::string_view kPemBegin = "-----BEGIN ", kPemEnd = "-----END ";
// Of AES-128 and of AES-256 in other spellings than a fingerprint's.
constexpr std::size_t kKeyDigits = 32, kFingerprintDigits = 64;
// What follows it is nobody's business. Lower case; also as the end of a longer word (rikey,
// csrf_token).
constexpr std::array<std::string_view, 11> kSecretWords{
    "password", "passphrase",    "pin",    "token", "secret", "key",
    "cookie",   "authorization", "bearer", "salt",  "rikeyid"};

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool ends_as_secret(std::string_view word) {
  return std::any_of(kSecretWords.begin(), kSecretWords.end(), [&](std::string_view secret) {
    if (word.size() < secret.size()) return false;
    const std::string_view end = word.substr(word.size() - secret.size());
    return std::equal(end.begin(), end.end(), secret.begin(),
                      [](char a, char b) { return lower(a) == b; });
  });
}

bool is_key(std::string_view word) {
  return word.size() >= kKeyDigits && word.size() != kFingerprintDigits &&
         std::all_of(word.begin(), word.end(), is_hex);
}

// How many bytes stand between a word that names a secret and the secret: `=`, `: `, `":"`. 0: it
// is a word like others.
std::size_t gap_before_secret(std::string_view rest) {
  std::size_t gap = 0;
  bool assigned = false;
  while (gap < rest.size() && (rest[gap] == '"' || rest[gap] == '\'' || rest[gap] == ' ' ||
                               (!assigned && (rest[gap] == '=' || rest[gap] == ':')))) {
    assigned |= rest[gap] == '=' || rest[gap] == ':';
    ++gap;
  }
  return assigned ? gap : 0;
}

// "Bearer" has its secret behind a space.
bool is_bearer(std::string_view word) {
  return word.size() == 6 && lower(word.front()) == 'b' && ends_as_secret(word);
}

std::size_t secret_size(std::string_view rest) {
  std::size_t size = 0;
  while (size < rest.size() && rest[size] != ' ' && rest[size] != '"' && rest[size] != '\'' &&
         rest[size] != '&' && rest[size] != ',' && rest[size] != ';' && rest[size] != ')')
    ++size;
  return size;
}

}  // namespace

std::string redacted(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  while (!text.empty()) {
    if (text.starts_with(kPemBegin)) {
      clean += kRemoved;
      const std::size_t end = text.find(kPemEnd);
      if (end == std::string_view::npos) break;
      const std::size_t tail = text.find("-----", end + kPemEnd.size());
      if (tail == std::string_view::npos) break;
      text.remove_prefix(tail + 5);
      continue;
    }
    std::size_t size = 0;
    while (size < text.size() && is_word(text[size])) ++size;
    if (size == 0) {
      clean += text.front();
      text.remove_prefix(1);
      continue;
    }
    const std::string_view word = text.substr(0, size);
    text.remove_prefix(size);
    if ((word.starts_with(kToken) && word.size() > kToken.size() + kKeyDigits) || is_key(word)) {
      clean += kRemoved;
      continue;
    }
    clean += word;
    if (!ends_as_secret(word)) continue;
    std::size_t gap = gap_before_secret(text);
    if (gap == 0 && is_bearer(word) && text.starts_with(' ')) gap = 1;
    if (gap == 0) continue;
    clean += text.substr(0, gap);
    text.remove_prefix(gap);
    // "Authorization: Bearer x": the secret is the word behind.
    if (text.starts_with("Bearer ") || text.starts_with("bearer ")) continue;
    const std::size_t secret = secret_size(text);
    if (secret != 0) clean += kRemoved;
    text.remove_prefix(secret);
  }
  return clean;
}

}  // namespace pf
