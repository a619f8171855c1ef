#include "host/library/entry.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/message/text.h"

namespace pf::library {
namespace {

constexpr std::size_t kMaxKeyBytes = 64;

bool stays(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '_' || c == '-';
}

// FNV-1a, 64 bits (draft-eastlake-fnv-17 section 2).
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

// Code points that nobody sees and that change how others are shown, in UTF-8: marks, embeddings,
// overrides and isolates of the writing direction, zero-width ones, and the byte order mark
// (Unicode Standard Annex 9; U+200B to U+200F, U+2028 to U+202E, U+2060 to U+2069, U+FEFF). And the
// second set of control characters, U+0080 to U+009F.
std::size_t hidden_bytes(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  if (text.size() >= 2 && at(0) == 0xC2 && at(1) >= 0x80 && at(1) <= 0x9F) return 2;
  if (text.size() < 3) return 0;
  if (at(0) == 0xEF && at(1) == 0xBB && at(2) == 0xBF) return 3;
  if (at(0) != 0xE2) return 0;
  const unsigned char last = at(2);
  if (at(1) == 0x80 && ((last >= 0x8B && last <= 0x8F) || (last >= 0xA8 && last <= 0xAE))) return 3;
  if (at(1) == 0x81 && last >= 0xA0 && last <= 0xA9) return 3;
  return 0;
}

std::string without_hidden(std::string_view text) {
  std::string seen;
  while (!text.empty()) {
    const std::size_t hidden = hidden_bytes(text);
    if (hidden == 0) {
      if (text.front() != ' ' || (!seen.empty() && seen.back() != ' ')) seen += text.front();
      text.remove_prefix(1);
    } else {
      text.remove_prefix(hidden);
    }
  }
  return seen;
}

}  // namespace

std::string_view to_string(ArtKind kind) noexcept {
  switch (kind) {
    case ArtKind::poster:
      return "poster";
    case ArtKind::hero:
      return "hero";
    case ArtKind::icon:
      return "icon";
  }
  return "icon";
}

std::optional<ArtKind> parse_art_kind(std::string_view text) noexcept {
  for (const ArtKind kind : kArtKinds)
    if (to_string(kind) == text) return kind;
  return std::nullopt;
}

std::string_view media_type(ImageFormat format) noexcept {
  switch (format) {
    case ImageFormat::png:
      return "image/png";
    case ImageFormat::jpeg:
      return "image/jpeg";
    case ImageFormat::webp:
      return "image/webp";
  }
  return "image/png";
}

std::optional<ImageFormat> parse_media_type(std::string_view text) noexcept {
  for (const ImageFormat format : {ImageFormat::png, ImageFormat::jpeg, ImageFormat::webp})
    if (media_type(format) == text) return format;
  return std::nullopt;
}

std::string make_id(std::string_view source, std::string_view key) {
  if (!key.empty() && key.size() <= kMaxKeyBytes && std::all_of(key.begin(), key.end(), stays))
    return fmt::format("{}:{}", source, key);
  std::string plain(key.substr(0, kMaxKeyBytes));
  for (char& c : plain)
    if (!stays(c)) c = '_';
  return fmt::format("{}:{}-{:016x}", source, plain, hash_of(key));
}

std::string clean_title(std::string_view title, std::string_view fallback) {
  // Bounded first: nothing may cost more than it is worth.
  const std::string seen = without_hidden(message::printable(title, 4 * kMaxTitleBytes));
  std::string_view cut = message::cut_utf8(seen, kMaxTitleBytes);
  while (!cut.empty() && cut.back() == ' ') cut.remove_suffix(1);
  if (!cut.empty()) return std::string(cut);
  return fallback.empty() ? std::string("?") : clean_title(fallback, "");
}

}  // namespace pf::library
