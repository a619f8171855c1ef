// The first line names what is set or taken out ("+section.name" or "-section.name"), the rest is
// the document. Whatever it is, the answer is an error or a document that has what was asked for;
// that nothing else changed is what the editor itself checks.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "host/config/toml_edit.h"
#include "host/config/toml_text.h"

namespace {

using namespace pf::config;

bool has(std::string_view toml, const TomlKey& key) {
  const auto document = parse_toml(toml);
  if (!document) std::abort();
  const auto* section = document->get_as<toml::table>(key.section);
  return section != nullptr && section->contains(key.name);
}

void edit(std::string_view toml, const TomlKey& key) {
  const auto with = with_value(toml, key, std::int64_t{42});
  if (!with && with.error().what.empty()) std::abort();
  if (with && !has(*with, key)) std::abort();
  const auto without = without_value(toml, key);
  if (without && has(*without, key)) std::abort();
  // What was added can be taken out again.
  if (with && !without_value(*with, key)) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The parser takes a megabyte of nonsense too, but that is its business.
  if (size > 4096) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t line = text.find('\n');
  if (line == std::string_view::npos) return 0;
  const std::string_view path = text.substr(0, line);
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return 0;
  edit(text.substr(line + 1), {path.substr(0, dot), path.substr(dot + 1)});
  return 0;
}
