// Text that comes from a peer or goes to one: bounded, valid UTF-8, free of control characters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace pf::message {

// As RFC 3629 defines it: no overlong forms, no surrogates, nothing above U+10FFFF.
bool is_utf8(std::string_view text) noexcept;

// At most `max_bytes` bytes, cut between characters. `text` is UTF-8.
std::string_view cut_utf8(std::string_view text, std::size_t max_bytes) noexcept;

// What may be shown to a person: invalid UTF-8 and control characters become spaces, then cut.
std::string printable(std::string_view text, std::size_t max_bytes);

}  // namespace pf::message
