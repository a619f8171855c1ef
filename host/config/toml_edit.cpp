#include "host/config/toml_edit.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "host/config/toml_text.h"

namespace pf::config {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// A document as text: offsets in bytes.
class Page {
 public:
  explicit Page(std::string_view text)
      : text_(text), first_(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0) {}

  std::string_view bytes() const { return text_; }

  // The library counts lines and columns from 1, columns in code points, and no byte order mark.
  std::size_t offset(const toml::source_position& at) const {
    std::size_t offset = first_;
    for (std::uint32_t line = 1; line < at.line; ++line) offset = line_end(offset);
    for (std::uint32_t column = 1; column < at.column && offset < text_.size(); ++column) {
      ++offset;
      while (offset < text_.size() && (text_[offset] & 0xC0) == 0x80) ++offset;
    }
    return offset;
  }
  std::size_t line_begin(std::size_t offset) const {
    const std::size_t before = offset == 0 ? std::string_view::npos : text_.rfind('\n', offset - 1);
    return before == std::string_view::npos ? std::min(first_, offset) : before + 1;
  }
  // Behind its line feed, or the end of the document.
  std::size_t line_end(std::size_t offset) const {
    const std::size_t feed = text_.find('\n', offset);
    return feed == std::string_view::npos ? text_.size() : feed + 1;
  }
  std::size_t skip_blanks(std::size_t offset) const {
    while (offset < text_.size() && is_blank(text_[offset])) ++offset;
    return offset;
  }
  // As most of the document ends its lines.
  std::string_view line_feed() const {
    const auto feeds = std::count(text_.begin(), text_.end(), '\n');
    std::ptrdiff_t with_return = 0;
    for (std::size_t at = text_.find("\r\n"); at != std::string_view::npos;
         at = text_.find("\r\n", at + 2))
      ++with_return;
    return 2 * with_return > feeds ? "\r\n" : "\n";
  }

  std::string replaced(std::size_t begin, std::size_t end, std::string_view by) const {
    std::string result(text_.substr(0, begin));
    result += by;
    return result += text_.substr(end);
  }

 private:
  std::string_view text_;
  std::size_t first_;  // behind the byte order mark
};

struct Span {
  std::size_t begin, end;
};

Span span_of(const Page& page, const toml::source_region& region) {
  return {page.offset(region.begin), page.offset(region.end)};
}

// Made by headers of its own, not a value behind an equals sign.
bool is_headed(const toml::node& node) {
  if (const toml::table* table = node.as_table()) return !table->is_inline();
  const toml::array* array = node.as_array();
  if (array == nullptr || array->empty()) return false;
  const toml::table* first = array->front().as_table();
  return first != nullptr && !first->is_inline();
}

// Where a value ends; of a table made of dotted keys, where its last value does.
std::size_t end_of(const Page& page, const toml::node& node) {
  const toml::table* table = node.as_table();
  if (table == nullptr || table->is_inline()) return page.offset(node.source().end);
  std::size_t last = 0;
  for (auto&& [key, value] : *table) last = std::max(last, end_of(page, value));
  return last;
}

// Where the last value ends that stands directly in the section; empty: none does.
std::optional<std::size_t> end_of_values(const Page& page, const toml::table& section) {
  std::optional<std::size_t> last;
  for (auto&& [key, node] : section) {
    if (is_headed(node) && !section.is_inline()) continue;
    last = std::max(last.value_or(0), end_of(page, node));
  }
  return last;
}

bool is_bare(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string key_text(std::string_view name) {
  return is_bare(name) ? std::string(name) : toml_value(std::string(name));
}

// Below the line that `offset` is in, indented as that.
std::string line_below(const Page& page, std::size_t offset, std::string_view statement) {
  const std::size_t begin = page.line_begin(offset), end = page.line_end(offset);
  const std::string_view indent = page.bytes().substr(begin, page.skip_blanks(begin) - begin);
  const std::string_view feed = page.line_feed();
  const bool ended = end > begin && page.bytes()[end - 1] == '\n';
  return page.replaced(end, end,
                       fmt::format("{}{}{}{}", ended ? "" : feed, indent, statement, feed));
}

// --- The ways to add a key. Which of them is right the parser decides afterwards.

std::string add_inline(const Page& page, const toml::table& section, std::string_view statement) {
  const auto last = end_of_values(page, section);
  if (last) return page.replaced(*last, *last, fmt::format(", {}", statement));
  const Span braces = span_of(page, section.source());
  return page.replaced(braces.begin, braces.end, fmt::format("{{ {} }}", statement));
}

std::string add_below_header(const Page& page, const toml::table& section,
                             std::string_view statement) {
  const std::size_t header = page.offset(section.source().begin);
  return line_below(page, std::max(header, end_of_values(page, section).value_or(header)),
                    statement);
}

std::string add_at_end(const Page& page, const TomlKey& key, std::string_view statement) {
  const std::string_view feed = page.line_feed(), bytes = page.bytes();
  const bool empty = bytes.empty() || bytes == kByteOrderMark;
  const std::string_view gap = empty ? "" : feed;
  return fmt::format("{}{}{}[{}]{}{}{}", bytes, empty || bytes.ends_with('\n') ? "" : feed, gap,
                     key_text(key.section), feed, statement, feed);
}

std::vector<std::string> additions(const Page& page, const toml::table* section, const TomlKey& key,
                                   std::string_view value) {
  const std::string statement = fmt::format("{} = {}", key_text(key.name), value);
  if (section == nullptr) return {add_at_end(page, key, statement)};
  if (section->is_inline()) return {add_inline(page, *section, statement)};
  const std::string dotted = fmt::format("{}.{}", key_text(key.section), statement);
  return {add_below_header(page, *section, statement), add_below_header(page, *section, dotted),
          // Its header is that of a section below it.
          add_at_end(page, key, statement)};
}

// --- Taking one out.

std::string cut_inline(const Page& page, const toml::table& section, const Span& value,
                       std::size_t name) {
  const std::string_view bytes = page.bytes();
  const std::size_t next = page.skip_blanks(value.end);
  const std::size_t first = page.skip_blanks(page.offset(section.source().begin) + 1);
  if (first == name) {
    const bool more = next < bytes.size() && bytes[next] == ',';
    return page.replaced(first, more ? page.skip_blanks(next + 1) : value.end, "");
  }
  // Values hold commas too, keys in quotation marks as well: back from where the one before ends.
  std::size_t before = first;
  for (auto&& [key, node] : section) {
    const std::size_t end = end_of(page, node);
    if (end < value.begin) before = std::max(before, end);
  }
  return page.replaced(before, value.end, "");
}

std::string cut_line(const Page& page, const Span& value, std::size_t name) {
  const std::size_t line = page.line_begin(name);
  const std::size_t behind = page.skip_blanks(value.end);
  if (behind < page.bytes().size() && page.bytes()[behind] == '#')
    return page.replaced(page.skip_blanks(line), behind, "");
  return page.replaced(line, page.line_end(value.end), "");
}

// --- What the new text must mean.

template <class T>
toml::node* put(toml::table& section, std::string_view name, const T& value) {
  return &section.insert_or_assign(name, value).first->second;
}

void put(toml::table& section, std::string_view name, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) put(section, name, *number);
  if (const auto* flag = std::get_if<bool>(&value)) put(section, name, *flag);
  if (const auto* text = std::get_if<std::string>(&value)) put(section, name, *text);
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    toml::array list;
    for (const std::string& text : *texts) list.push_back(text);
    put(section, name, list);
  }
}

bool means(std::string_view toml, const toml::table& wanted) {
  const auto document = parse_toml(toml);
  return document && *document == wanted;
}

Failure cannot_edit(const TomlKey& key) {
  return fail(ErrorKind::refused,
              "{}.{} stands in the file in a way that cannot be edited: change it by hand",
              printable(key.section), printable(key.name));
}

Result<toml::table> parse(std::string_view toml) {
  auto document = parse_toml(toml);
  if (document) return *std::move(document);
  return fail(ErrorKind::malformed, "{}: {}", document.error().line, document.error().sentence);
}

}  // namespace

std::string toml_value(const Value& value) {
  const auto quoted = [](std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') {
        out += '\\';
        out += c;
      } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
        out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
      } else {
        out += c;
      }
    }
    return out + '"';
  };
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* text = std::get_if<std::string>(&value)) return quoted(*text);
  std::string list = "[";
  if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& text : *texts) list += (list.size() > 1 ? ", " : "") + quoted(text);
  }
  return list + "]";
}

Result<std::string> with_value(std::string_view toml, const TomlKey& key, const Value& value) {
  PF_TRY(toml::table wanted, parse(toml));
  const Page page(toml);
  const toml::node* const section_node = wanted.get(key.section);
  const toml::table* const section = section_node == nullptr ? nullptr : section_node->as_table();
  if (section_node != nullptr && section == nullptr) return cannot_edit(key);
  const toml::node* const old = section == nullptr ? nullptr : section->get(key.name);
  std::vector<std::string> candidates;
  if (old == nullptr) {
    candidates = additions(page, section, key, toml_value(value));
  } else if (!is_headed(*old)) {
    const Span bytes = span_of(page, old->source());
    candidates.push_back(page.replaced(bytes.begin, bytes.end, toml_value(value)));
  }
  if (section == nullptr) wanted.insert(key.section, toml::table{});
  put(*wanted.get_as<toml::table>(key.section), key.name, value);
  for (std::string& candidate : candidates)
    if (means(candidate, wanted)) return std::move(candidate);
  return cannot_edit(key);
}

Result<std::string> without_value(std::string_view toml, const TomlKey& key) {
  PF_TRY(toml::table wanted, parse(toml));
  toml::table* const section = wanted.get_as<toml::table>(key.section);
  if (section == nullptr || section->get(key.name) == nullptr) return std::string(toml);
  const auto at = section->find(key.name);
  if (is_headed(at->second)) return cannot_edit(key);
  const Page page(toml);
  const Span value = span_of(page, at->second.source());
  const std::size_t name = page.offset(at->first.source().begin);
  std::string result =
      section->is_inline() ? cut_inline(page, *section, value, name) : cut_line(page, value, name);
  section->erase(key.name);
  if (means(result, wanted)) return result;
  // A section of dotted keys goes with its last one.
  if (section->empty()) wanted.erase(key.section);
  if (means(result, wanted)) return result;
  return cannot_edit(key);
}

}  // namespace pf::config
