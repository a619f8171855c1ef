// One thing that a library offers: a game, or another program, with how it is started and what it
// looks like. What sources find, the host keeps and everybody is shown. Plain data; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/display_mode.h"

namespace pf::library {

// Upright as a game's box (2:3), wide as a banner, small and square.
enum class ArtKind : std::uint8_t { poster, hero, icon };
inline constexpr std::array kArtKinds{ArtKind::poster, ArtKind::hero, ArtKind::icon};
std::string_view to_string(ArtKind kind) noexcept;  // "poster", "hero", "icon"
std::optional<ArtKind> parse_art_kind(std::string_view text) noexcept;

// The formats that every browser shows.
enum class ImageFormat : std::uint8_t { png, jpeg, webp };
std::string_view media_type(ImageFormat format) noexcept;  // "image/png", …
std::optional<ImageFormat> parse_media_type(std::string_view text) noexcept;

// A local file whose head says that it is a picture; what follows the head is not looked at.
struct Art {
  std::string path;  // absolute
  ImageFormat format = ImageFormat::png;
  SizePx size_px;
  std::uint64_t size_bytes = 0;
  std::string tag;  // another one when the file has changed: 16 hexadecimal digits
  bool operator==(const Art&) const = default;
};

struct Entry {
  std::string id;                    // "steam:570": the same for ever; at most kMaxIdBytes of ASCII
  std::string source;                // "steam"
  std::string title;                 // clean_title(): still a stranger's words
  std::vector<std::string> command;  // program and arguments
  std::string working_folder;        // absolute; empty: that of the host
  bool installed = true;             // else it can be shown, not started
  std::optional<std::int64_t> last_played_s;             // since 1970; empty: not known, or never
  std::array<std::optional<Art>, kArtKinds.size()> art;  // by ArtKind
  // The id of another source's entry that this one only starts: where that is there, this one is
  // left out. Empty: none.
  std::string stands_for;

  const std::optional<Art>& picture(ArtKind kind) const {
    return art[static_cast<std::size_t>(kind)];
  }
  bool operator==(const Entry&) const = default;
};

// Fits the launch id of the native protocol (core/message/handshake.h) and a part of an URL.
inline constexpr std::size_t kMaxIdBytes = 120;
// A title that is longer is not read on a television either.
inline constexpr std::size_t kMaxTitleBytes = 128;
// Of one source: ten times what a large collection has.
inline constexpr std::size_t kMaxEntries = 5000;

// "steam:570". Of `key` letters, digits, '.', '_' and '-' stay; where there is anything else, or
// too much, a number made of all of it is appended, so that different keys stay different.
std::string make_id(std::string_view source, std::string_view key);

// A stranger's title as it may be shown anywhere: UTF-8, no control characters, none that turn the
// direction of writing, no spaces at its ends; `fallback` when nothing is left.
std::string clean_title(std::string_view title, std::string_view fallback);

}  // namespace pf::library
