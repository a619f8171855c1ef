// Takes secrets out of a text that was meant for an operator's eyes.
//
// A second line of defence: code that has a secret does not log it. This catches what a library, a
// stranger's message or a command's arguments may bring along.
#pragma once

#include <string>
#include <string_view>

namespace pf {

// With "[removed]" in place of tokens of the management API (pf_…), of what follows words such as
// password, pin, token, secret, key, cookie or authorization and `=` or `:`, of PEM blocks, and of
// hexadecimal digits that are as many as a key of AES has. A fingerprint (64 digits) is public and
// stays, as does everything else. Linear in the text.
std::string redacted(std::string_view text);

}  // namespace pf
