#include "host/config/toml_text.h"

namespace pf::config {

// The last edge of the library, which throws.
tl::expected<toml::table, Problem> parse_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return tl::unexpected(Problem{error.source().begin.line, printable(error.description())});
  }
}

}  // namespace pf::config
