// Valve's key-value files, as Steam writes them: the text form (libraryfolders.vdf, *.acf) and the
// binary one (shortcuts.vdf). Both give the same tree; numbers of the binary form become decimal
// texts. Pure; any thread. Whatever the bytes are, the cost is in proportion to their number.
//
// Text:    "key" "value"   or   "key" { … }; escapes \" \\ \n \t; // comments; words without
// quotation
//          marks; conditions such as [$LINUX] behind a value are passed over.
// Binary:  a type byte, the key up to its NUL, the value; 0 a map up to its 08, 1 a text up to its
//          NUL, 2, 3, 4 and 6 four bytes, 7 and 10 eight bytes, all little-endian.
// Source: developer.valvesoftware.com/wiki/KeyValues; for the binary form, files that Steam wrote.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/result.h"

namespace pf::library {

struct VdfNode {
  std::string key;
  std::string value;              // empty for a map
  std::vector<VdfNode> children;  // of a map, in the file's order

  // The first child of that key, whose case does not count; nullptr: there is none.
  const VdfNode* find(std::string_view name) const noexcept;
  // Its value; empty: there is none.
  std::string_view text(std::string_view name) const noexcept;
  std::optional<std::uint64_t> number(std::string_view name) const noexcept;
};

// Deeper than any file of Steam's (localconfig.vdf: 8), shallow enough for recursion.
inline constexpr int kMaxVdfDepth = 32;
// A library of ten thousand games has so many in all.
inline constexpr std::size_t kMaxVdfNodes = 200'000;

// A map that has what stands at the top. `malformed`: the line (of text) or the byte where it
// ceases to make sense, and why.
Result<VdfNode> parse_text_vdf(std::string_view text);
Result<VdfNode> parse_binary_vdf(Bytes bytes);

}  // namespace pf::library
