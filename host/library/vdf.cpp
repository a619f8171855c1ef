#include "host/library/vdf.h"

#include <algorithm>
#include <charconv>

namespace pf::library {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_key(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return lower(x) == lower(y); });
}

class TextParser {
 public:
  explicit TextParser(std::string_view text) : text_(text) {}

  // Until the brace that closes this map, or at depth 0 the end.
  Result<void> parse_map(VdfNode& map, int depth) {
    for (;;) {
      skip_space();
      if (at_end()) return depth == 0 ? Result<void>() : broken("the file ends within a map");
      if (text_[at_] == '}') {
        if (depth == 0) return broken("a brace closes what was never opened");
        ++at_;
        return {};
      }
      PF_TRY_VOID(parse_pair(map, depth));
    }
  }

 private:
  Result<void> parse_pair(VdfNode& map, int depth) {
    if (++count_ > kMaxVdfNodes) return broken("more than anybody keeps in such a file");
    VdfNode node;
    PF_TRY(node.key, parse_word());
    skip_space();
    if (at_end()) return broken("a key without a value");
    if (text_[at_] == '{') {
      if (depth + 1 > kMaxVdfDepth) return broken("maps within maps, too deep");
      ++at_;
      PF_TRY_VOID(parse_map(node, depth + 1));
    } else {
      PF_TRY(node.value, parse_word());
    }
    map.children.push_back(std::move(node));
    return {};
  }

  Result<std::string> parse_word() {
    if (text_[at_] == '"') return parse_quoted();
    const std::size_t begin = at_;
    while (!at_end() && !is_space(text_[at_]) && text_[at_] != '{' && text_[at_] != '}' &&
           text_[at_] != '"')
      ++at_;
    if (at_ == begin) return broken("a word is wanted here");
    return std::string(text_.substr(begin, at_ - begin));
  }

  Result<std::string> parse_quoted() {
    std::string word;
    for (++at_; !at_end(); ++at_) {
      char c = text_[at_];
      if (c == '"') {
        ++at_;
        return word;
      }
      if (c == '\n') ++line_;
      if (c == '\\' && at_ + 1 < text_.size()) {
        c = text_[++at_];
        if (c == '\n') ++line_;
        if (c == 'n') c = '\n';
        if (c == 't') c = '\t';
      }
      word += c;
    }
    return broken("a quotation mark that is never closed");
  }

  void skip_space() {
    while (!at_end()) {
      if (is_space(text_[at_])) {
        if (text_[at_] == '\n') ++line_;
        ++at_;
      } else if (text_.substr(at_, 2) == "//") {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if (text_[at_] == '[') {
        at_ = std::min(text_.find_first_of("]\n", at_), text_.size());
        if (!at_end() && text_[at_] == ']') ++at_;
      } else {
        return;
      }
    }
  }

  static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
  }
  bool at_end() const { return at_ >= text_.size(); }
  Failure broken(const char* why) const {
    return fail(ErrorKind::malformed, "line {}: {}", line_, why);
  }

  std::string_view text_;
  std::size_t at_ = 0, count_ = 0;
  unsigned line_ = 1;
};

class BinaryParser {
 public:
  explicit BinaryParser(Bytes bytes) : all_bytes_(bytes.size()), in_(bytes) {}

  // Until the byte that ends this map; at depth 0 the end of the bytes will do.
  Result<void> parse_map(VdfNode& map, int depth) {
    for (;;) {
      if (depth == 0 && in_.remaining() == 0) return {};
      const auto type = in_.little<std::uint8_t>();
      if (!in_.ok()) return broken("the file ends within a map");
      if (type == kEnd || type == kOtherEnd) return {};
      if (++count_ > kMaxVdfNodes) return broken("more than anybody keeps in such a file");
      VdfNode node;
      PF_TRY(node.key, parse_text());
      PF_TRY_VOID(parse_value(type, node, depth));
      map.children.push_back(std::move(node));
    }
  }

 private:
  enum Type : std::uint8_t {
    kMap = 0,
    kText,
    kInt32,
    kFloat,
    kPointer,
    kColour = 6,
    kUint64,
    kEnd,
    kInt64 = 10,
    kOtherEnd
  };

  Result<void> parse_value(std::uint8_t type, VdfNode& node, int depth) {
    switch (type) {
      case kMap:
        if (depth + 1 > kMaxVdfDepth) return broken("maps within maps, too deep");
        return parse_map(node, depth + 1);
      case kText: {
        PF_TRY(node.value, parse_text());
        return {};
      }
      case kInt32:
      case kFloat:
      case kPointer:
      case kColour:
        node.value = fmt::format("{}", in_.little<std::uint32_t>());
        break;
      case kUint64:
      case kInt64:
        node.value = fmt::format("{}", in_.little<std::uint64_t>());
        break;
      default:
        return broken("a value of a type that nobody knows");
    }
    return in_.ok() ? Result<void>() : broken("the file ends within a number");
  }

  Result<std::string> parse_text() {
    ByteReader ahead = in_;
    const std::string_view rest = as_text(ahead.rest());
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) return broken("the file ends within a text");
    std::string text(as_text(in_.take(end)));
    in_.take(1);
    return text;
  }

  Failure broken(const char* why) const {
    return fail(ErrorKind::malformed, "byte {}: {}", all_bytes_ - in_.remaining(), why);
  }

  std::size_t all_bytes_;
  ByteReader in_;
  std::size_t count_ = 0;
};

}  // namespace

const VdfNode* VdfNode::find(std::string_view name) const noexcept {
  for (const VdfNode& child : children)
    if (same_key(child.key, name)) return &child;
  return nullptr;
}

std::string_view VdfNode::text(std::string_view name) const noexcept {
  const VdfNode* const child = find(name);
  return child == nullptr ? std::string_view() : std::string_view(child->value);
}

std::optional<std::uint64_t> VdfNode::number(std::string_view name) const noexcept {
  const std::string_view digits = text(name);
  std::uint64_t parsed = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), parsed);
  if (digits.empty() || error != std::errc() || rest != digits.data() + digits.size())
    return std::nullopt;
  return parsed;
}

Result<VdfNode> parse_text_vdf(std::string_view text) {
  VdfNode top;
  PF_TRY_VOID(TextParser(text).parse_map(top, 0));
  return top;
}

Result<VdfNode> parse_binary_vdf(Bytes bytes) {
  VdfNode top;
  PF_TRY_VOID(BinaryParser(bytes).parse_map(top, 0));
  return top;
}

}  // namespace pf::library
