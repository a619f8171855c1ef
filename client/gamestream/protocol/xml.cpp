#include "client/gamestream/protocol/xml.h"

#include <charconv>
#include <optional>

namespace pf::gamestream_client {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.' || c == ':';
}

void append_utf8(std::string& text, std::uint32_t code) {
  const auto put = [&text](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  const auto tail = [&](unsigned shift) { put(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    put(0xE0 | (code >> 12));
    tail(6);
  } else {
    put(0xF0 | (code >> 18));
    tail(12);
    tail(6);
  }
  tail(0);
}

// "&#65;", "&#x41;" or one of the five names, without & and ;.
bool append_entity(std::string& text, std::string_view entity) {
  static constexpr std::pair<std::string_view, char> kNamed[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& named : kNamed) {
    if (entity == named.first) {
      text.push_back(named.second);
      return true;
    }
  }
  if (entity.size() < 2 || entity[0] != '#') return false;
  const bool hex = entity[1] == 'x';
  const std::string_view digits = entity.substr(hex ? 2 : 1);
  std::uint32_t code = 0;
  const char* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, code, hex ? 16 : 10);
  if (parsed.ec != std::errc() || parsed.ptr != end || code == 0 || code > 0x10FFFF) return false;
  append_utf8(text, code);
  return true;
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view document) : rest_(document) {}

  Result<XmlElement> document() {
    if (starts("<?xml") && !skip_past("?>")) return wrong("the XML declaration does not end");
    skip_space();
    PF_TRY(XmlElement root, element(0));
    skip_space();
    if (!rest_.empty()) return wrong("something follows the root element");
    return root;
  }

 private:
  Failure wrong(const char* why) const {
    return fail(ErrorKind::malformed, "the answer is no XML: {}", why);
  }
  bool starts(std::string_view text) const { return rest_.substr(0, text.size()) == text; }
  bool take(std::string_view text) {
    if (!starts(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  bool skip_past(std::string_view text) {
    const std::size_t at = rest_.find(text);
    if (at == rest_.npos) return false;
    rest_.remove_prefix(at + text.size());
    return true;
  }
  bool skip_space() {
    const std::size_t length = std::min(rest_.find_first_not_of(kSpace), rest_.size());
    rest_.remove_prefix(length);
    return length > 0;
  }
  std::string name() {
    std::size_t length = 0;
    while (length < rest_.size() && is_name(rest_[length])) ++length;
    std::string taken(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return taken;
  }

  // Up to `end`, entities replaced.
  std::optional<std::string> text_until(char end) {
    std::string text;
    while (!rest_.empty() && rest_[0] != end) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '<') return std::nullopt;
      if (c != '&') {
        text.push_back(c);
        continue;
      }
      const std::size_t semicolon = rest_.substr(0, 12).find(';');
      if (semicolon == rest_.npos || !append_entity(text, rest_.substr(0, semicolon)))
        return std::nullopt;
      rest_.remove_prefix(semicolon + 1);
    }
    if (rest_.empty()) return std::nullopt;
    return text;
  }

  Result<void> attributes(XmlElement& element) {
    while (skip_space() && !starts(">") && !starts("/>")) {
      std::string key = name();
      if (key.empty() || !take("=")) return wrong("an attribute has no name or no value");
      const char quote = rest_.empty() ? '\0' : rest_[0];
      if (quote != '"' && quote != '\'') return wrong("an attribute is not quoted");
      rest_.remove_prefix(1);
      auto value = text_until(quote);
      if (!value) return wrong("an attribute's value does not end, or is not escaped");
      rest_.remove_prefix(1);
      element.attributes.emplace_back(std::move(key), *std::move(value));
    }
    return {};
  }

  Result<XmlElement> element(unsigned depth) {
    if (depth >= kMaxXmlDepth) return wrong("it is nested too deep");
    if (!take("<")) return wrong("an element was expected");
    XmlElement element;
    element.name = name();
    if (element.name.empty()) return wrong("an element has no name");
    PF_TRY_VOID(attributes(element));
    if (take("/>")) return element;
    if (!take(">")) return wrong("an element's tag does not end");
    PF_TRY_VOID(content(element, depth));
    return element;
  }

  Result<void> content(XmlElement& parent, unsigned depth) {
    for (;;) {
      if (rest_.empty()) return wrong("an element does not end");
      if (take("</")) {
        if (name() != parent.name) return wrong("an end tag does not match");
        skip_space();
        if (!take(">")) return wrong("an end tag does not end");
        return {};
      }
      if (starts("<")) {
        PF_TRY(XmlElement child, element(depth + 1));
        parent.children.push_back(std::move(child));
        continue;
      }
      const auto text = text_until('<');
      if (!text) return wrong("a text does not end, or is not escaped");
      parent.text += *text;
    }
  }

  std::string_view rest_;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const XmlElement& one : children) {
    if (one.name == wanted) return &one;
  }
  return nullptr;
}

const std::string* XmlElement::attribute(std::string_view wanted) const {
  for (const auto& one : attributes) {
    if (one.first == wanted) return &one.second;
  }
  return nullptr;
}

Result<XmlElement> parse_xml(std::string_view document) {
  if (document.size() > kMaxXmlBytes)
    return fail(ErrorKind::malformed, "the answer has {} bytes, more than any list of applications",
                document.size());
  return XmlReader(document).document();
}

}  // namespace pf::gamestream_client
