// Changes single values of a TOML document and leaves every other byte as it is: comments, order,
// line endings, indentation, a byte order mark, and the ways in which people write keys
// ([section], section.name, section = { name = … }, quotation marks).
//
// Where things are is asked of the TOML library, which drops comments when it writes; whether the
// new text is right too: it is parsed again and must mean what the old one meant, plus the change.
// Anything else is refused, so that a mistake here costs an edit and never a file. Pure; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "host/config/settings.h"

namespace pf::config {

// What stands in [section] name = …, however it is written there.
struct TomlKey {
  std::string_view section, name;
};

// Replaces the bytes of the value, or adds the key: behind the last one of its section, or in a
// section of its own at the end. `malformed`: `toml` cannot be parsed ("3: …", its line first);
// `refused`: the key stands in a way that cannot be edited (it is a section). `value` is usable.
Result<std::string> with_value(std::string_view toml, const TomlKey& key, const Value& value);

// Takes the key out with its line, or in an inline table with its comma; a comment behind it
// stays. A section that gets empty stays as well. What is not there is no error.
Result<std::string> without_value(std::string_view toml, const TomlKey& key);

// A value as TOML writes it, on one line: 3, true, "a \"text\"", ["a", "list"].
std::string toml_value(const Value& value);

}  // namespace pf::config
