// What the helper program does, apart from being one.
#pragma once

#include <string>
#include <string_view>

namespace pf::library {

// The whole of it: a wish's text in, its answer's text out (helper_words.h).
std::string grant(std::string_view wish);

}  // namespace pf::library
