#include "host/library/desktop_entry.h"

#include <algorithm>

namespace pf::library {
namespace {

// More than a command line of a menu has; host/config allows as many.
constexpr std::size_t kMaxWords = 64;
constexpr std::size_t kMaxLines = 20'000;  // with every language, a thousand are many

std::string_view trimmed(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

// Section 4: \s \n \t \r \\ in texts.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      plain += text[i];
      continue;
    }
    switch (text[++i]) {
      case 's':
        plain += ' ';
        break;
      case 'n':
        plain += '\n';
        break;
      case 't':
        plain += '\t';
        break;
      case 'r':
        plain += '\r';
        break;
      case '\\':
        plain += '\\';
        break;
      default:  // a list's \; and what only Exec knows
        plain += '\\';
        plain += text[i];
    }
  }
  return plain;
}

std::vector<std::string> list_of(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty() && items.size() < kMaxWords) {
    const std::size_t end = std::min(text.find(';'), text.size());
    if (end > 0) items.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

void take(DesktopEntry& entry, std::string_view key, std::string_view value) {
  if (key == "Type") entry.type = value;
  if (key == "Name") entry.name = unescaped(value);
  if (key == "Exec") entry.exec = unescaped(value);
  if (key == "TryExec") entry.try_exec = unescaped(value);
  if (key == "Path") entry.path = unescaped(value);
  if (key == "Icon") entry.icon = unescaped(value);
  if (key == "X-Flatpak") entry.flatpak = unescaped(value);
  if (key == "Categories") entry.categories = list_of(value);
  if (key == "Hidden" || key == "NoDisplay") entry.hidden |= value == "true";
  if (key == "Terminal") entry.terminal = value == "true";
}

// Cuts Exec into words and puts in what its fields stand for.
class Words {
 public:
  Words(const DesktopEntry& entry, std::string_view file) : entry_(entry), file_(file) {}

  Result<std::vector<std::string>> split() {
    for (at_ = 0; at_ < entry_.exec.size(); ++at_) {
      const char c = entry_.exec[at_];
      if (c == '"') {
        PF_TRY_VOID(take_quoted());
      } else if (c == ' ' || c == '\t' || c == '\n') {
        PF_TRY_VOID(end_word());
      } else if (c == '%') {
        PF_TRY_VOID(take_field());
      } else {
        word_ += c;
        begun_ = true;
      }
    }
    PF_TRY_VOID(end_word());
    if (words_.empty() || words_.front().empty())
      return fail(ErrorKind::malformed, "its Exec has no program");
    return std::move(words_);
  }

 private:
  // Section 7: within quotation marks a backslash makes " ` $ and itself plain.
  Result<void> take_quoted() {
    begun_ = true;
    for (++at_; at_ < entry_.exec.size(); ++at_) {
      char c = entry_.exec[at_];
      if (c == '"') return {};
      if (c == '\\' && at_ + 1 < entry_.exec.size()) c = entry_.exec[++at_];
      word_ += c;
    }
    return fail(ErrorKind::malformed, "its Exec has a quotation mark that is never closed");
  }

  Result<void> take_field() {
    const char code = ++at_ < entry_.exec.size() ? entry_.exec[at_] : '\0';
    if (code == '%') {
      word_ += '%';
      begun_ = true;
    } else if (code == 'c') {
      word_ += entry_.name;
      begun_ = true;
    } else if (code == 'k') {
      word_ += file_;
      begun_ = true;
    } else if (code == 'i') {
      if (!entry_.icon.empty()) {
        words_.push_back("--icon");
        words_.push_back(entry_.icon);
      }
    } else if (code == '\0' ||
               std::string_view("fFuUdDnNvm").find(code) == std::string_view::npos) {
      return fail(ErrorKind::malformed, "its Exec has a field that nobody knows");
    }
    return {};
  }

  Result<void> end_word() {
    if (begun_) words_.push_back(std::move(word_));
    word_.clear();
    begun_ = false;
    if (words_.size() > kMaxWords)
      return fail(ErrorKind::malformed, "its Exec has more than {} words", kMaxWords);
    return {};
  }

  const DesktopEntry& entry_;
  const std::string_view file_;
  std::size_t at_ = 0;
  std::string word_;
  bool begun_ = false;
  std::vector<std::string> words_;
};

}  // namespace

bool DesktopEntry::has_category(std::string_view wanted) const {
  return std::find(categories.begin(), categories.end(), wanted) != categories.end();
}

Result<DesktopEntry> parse_desktop_entry(std::string_view text) {
  DesktopEntry entry;
  bool ours = false, found = false;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    if (line_number > kMaxLines) return fail(ErrorKind::malformed, "more than {} lines", kMaxLines);
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.front() == '#') continue;
    if (line.front() == '[') {
      if (found && ours) break;  // what follows are actions
      ours = line == "[Desktop Entry]";
      found |= ours;
      continue;
    }
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos)
      return fail(ErrorKind::malformed, "line {} is neither a group nor a key", line_number);
    if (ours) take(entry, trimmed(line.substr(0, equals)), trimmed(line.substr(equals + 1)));
  }
  if (!found) return fail(ErrorKind::malformed, "it has no [Desktop Entry]");
  return entry;
}

Result<std::vector<std::string>> command_of(const DesktopEntry& entry, std::string_view file) {
  return Words(entry, file).split();
}

}  // namespace pf::library
