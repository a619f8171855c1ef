// What the host and its helper program say to each other: one wish on the helper's standard input,
// one answer on its standard output, then it ends.
//
// A wish is JSON. An answer is a line of JSON, which says how many bytes follow it, and those
// bytes: what was found, again as JSON, or a picture as it is. The host takes nothing of it on
// trust: the helper reads strangers' files. Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "host/library/source.h"

namespace pf::library {

struct ScanWish {
  std::string source;  // a name of kSources
  Query query;
};
struct ArtWish {
  std::string path;
  bool as_png = false;  // Moonlight clients take nothing else
};
struct Wish {
  // Whose library it is: the helper becomes him, and looks where his files are instead of at
  // query.places. Only root can. Empty: the host's own user.
  std::string user;
  std::variant<ScanWish, ArtWish> what;
};

std::string write_wish(const Wish& wish);
Result<Wish> parse_wish(std::string_view text);

struct Picture {
  std::string media_type;  // "image/png", …
  std::string bytes;
};

std::string write_found(const Result<Found>& found);
std::string write_picture(const Result<Picture>& picture);

// The error that the helper had, or `malformed` for what is no whole answer.
Result<Found> parse_found(std::string_view answer);
Result<Picture> parse_picture(std::string_view answer);

// Five thousand entries with the longest of everything stay below.
inline constexpr std::size_t kMaxAnswerBytes = 32 << 20;

}  // namespace pf::library
