#include "host/config/toml_edit.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "host/config/toml_text.h"

namespace pf::config {
namespace {

constexpr TomlKey kPort{"network", "port"};

std::string set(std::string_view toml, const Value& value, const TomlKey& key = kPort) {
  const auto result = with_value(toml, key, value);
  return result ? *result : "error: " + result.error().what;
}

std::string cut(std::string_view toml, const TomlKey& key = kPort) {
  const auto result = without_value(toml, key);
  return result ? *result : "error: " + result.error().what;
}

Value number(std::int64_t value) { return value; }

TEST(TomlEdit, ReplacesNothingButTheValue) {
  EXPECT_EQ(set("# top\n[network]\n\tport=  9777   # the office's\nname = 'x'\n", number(1)),
            "# top\n[network]\n\tport=  1   # the office's\nname = 'x'\n");
  EXPECT_EQ(set("network.port = 0x2631", number(80)), "network.port = 80");
  EXPECT_EQ(set("network = { mdns = true, port = 9 } # in\n", number(80)),
            "network = { mdns = true, port = 80 } # in\n");
  EXPECT_EQ(set("[ \"network\" ]\n'port' = 9\n", number(80)), "[ \"network\" ]\n'port' = 80\n");
}

TEST(TomlEdit, CountsColumnsInCharactersAndKeepsAByteOrderMark) {
  EXPECT_EQ(
      set("\xEF\xBB\xBFnetwork = { name = 'gr\xC3\xB6\xC3\x9F\xF0\x9F\x98\x80', port = 9 }\r\n",
          number(80)),
      "\xEF\xBB\xBFnetwork = { name = 'gr\xC3\xB6\xC3\x9F\xF0\x9F\x98\x80', port = 80 }\r\n");
}

TEST(TomlEdit, ReplacesValuesOfManyLines) {
  const TomlKey command{"desktop", "command"};
  EXPECT_EQ(set("[desktop]\r\ncommand = [ # of mine\r\n  'foot', # a terminal\r\n]\r\n# end\r\n",
                std::vector<std::string>{"xterm", "a\"b"}, command),
            "[desktop]\r\ncommand = [\"xterm\", \"a\\\"b\"]\r\n# end\r\n");
  EXPECT_EQ(set("[network]\nname = '''\na\nb'''# end\n", std::string("c"), {"network", "name"}),
            "[network]\nname = \"c\"# end\n");
}

TEST(TomlEdit, AddsAKeyBehindTheLastOfItsSection) {
  EXPECT_EQ(set("[network]\n  mdns = true # yes\n\n[video]\nslices = 2\n", number(80)),
            "[network]\n  mdns = true # yes\n  port = 80\n\n[video]\nslices = 2\n");
  EXPECT_EQ(set("[network] # none yet\n[video]\n", number(80)),
            "[network] # none yet\nport = 80\n[video]\n");
  EXPECT_EQ(set("[network]\r\nmdns = true", number(80)),
            "[network]\r\nmdns = true\r\nport = 80\r\n");
  EXPECT_EQ(set("network.mdns = true\n[video]\n", number(80)),
            "network.mdns = true\nnetwork.port = 80\n[video]\n");
  EXPECT_EQ(set("network = { mdns = true }\n", number(80)),
            "network = { mdns = true, port = 80 }\n");
  EXPECT_EQ(set("network = {}\n", number(80)), "network = { port = 80 }\n");
}

TEST(TomlEdit, AddsASectionAtTheEnd) {
  EXPECT_EQ(set("", number(80)), "[network]\nport = 80\n");
  EXPECT_EQ(set("\xEF\xBB\xBF", number(80)), "\xEF\xBB\xBF[network]\nport = 80\n");
  EXPECT_EQ(set("# mine\r\n[video]\r\n", number(80)),
            "# mine\r\n[video]\r\n\r\n[network]\r\nport = 80\r\n");
  EXPECT_EQ(set("[video]\nslices = 1 # x", number(80)),
            "[video]\nslices = 1 # x\n\n[network]\nport = 80\n");
  EXPECT_EQ(set("[[app]]\nname = 'a'\n", number(80)),
            "[[app]]\nname = 'a'\n\n[network]\nport = 80\n");
  EXPECT_EQ(set("[network.deep]\nx = 1\n", number(80)),
            "[network.deep]\nx = 1\n\n[network]\nport = 80\n");
}

TEST(TomlEdit, TakesAKeyOutWithItsLine) {
  EXPECT_EQ(cut("# a\n[network]\nport = 9\n# b\nmdns = true\n"),
            "# a\n[network]\n# b\nmdns = true\n");
  EXPECT_EQ(cut("[network]\r\nport = 9"), "[network]\r\n");
  EXPECT_EQ(cut("network.port = 9\r\n[video]\r\n"), "[video]\r\n");
  EXPECT_EQ(cut("[desktop]\ncommand = [\n 'a',\n # in it\n 'b' ]\nrun_as = 'x'\n",
                {"desktop", "command"}),
            "[desktop]\nrun_as = 'x'\n");
  EXPECT_EQ(cut("\xEF\xBB\xBFnetwork.port = 9\n"), "\xEF\xBB\xBF");
}

TEST(TomlEdit, LeavesTheCommentOfAKeyThatIsTakenOut) {
  EXPECT_EQ(cut("[network]\n  port = 9 # what the router lets through\n"),
            "[network]\n  # what the router lets through\n");
}

TEST(TomlEdit, TakesAKeyOutOfAnInlineTable) {
  EXPECT_EQ(cut("network = { port = 9, mdns = true }\n"), "network = { mdns = true }\n");
  EXPECT_EQ(cut("network = { name = 'a, b', port = 9 }\n"), "network = { name = 'a, b' }\n");
  EXPECT_EQ(cut("network = { a = 1, port = 9 , b = 2 }\n"), "network = { a = 1 , b = 2 }\n");
  EXPECT_EQ(cut("network = {port = 9}\n"), "network = {}\n");
  EXPECT_EQ(cut("network = { a.b = 1, port = 9 }\n"), "network = { a.b = 1 }\n");
}

TEST(TomlEdit, LeavesADocumentAloneThatLacksTheKey) {
  const std::string toml = "[network]\nmdns = true\r\n";
  EXPECT_EQ(cut(toml), toml);
  EXPECT_EQ(cut("a = 1"), "a = 1");
  EXPECT_EQ(cut("network = 1"), "network = 1");
}

TEST(TomlEdit, RefusesWhatItCannotEdit) {
  EXPECT_EQ(with_value("[network]\nport = = 3\n", kPort, number(1)).error().kind,
            ErrorKind::malformed);
  EXPECT_EQ(set("\n[network]\nport = = 3\n", number(1)).substr(0, 9), "error: 3:");
  for (const char* toml :
       {"[network.port]\nx = 1\n", "[[network]]\n", "network = 3\n", "[[network.port]]\n"}) {
    const auto result = with_value(toml, kPort, number(1));
    ASSERT_FALSE(result) << toml;
    EXPECT_EQ(result.error().kind, ErrorKind::refused) << toml;
  }
  EXPECT_EQ(without_value("[network.port]\nx = 1\n", kPort).error().kind, ErrorKind::refused);
  EXPECT_FALSE(with_value("", kPort, std::string("\xFF"))) << "no UTF-8";
}

// --- Properties: documents as people write them, with all of TOML's ways.

struct Document {
  std::string text;
  std::vector<std::string> comments;
};

const std::vector<std::string> kNames{"a",   "port", "b-2", "with space", "gr\xC3\xB6\xC3\x9F",
                                      "x.y", "#",    "1"};

rc::Gen<std::string> any_name() { return rc::gen::elementOf(kNames); }

std::vector<std::string> some_names() {
  std::vector<std::string> names;
  for (const std::string& name : kNames)
    if (*rc::gen::inRange(0, 3) == 0) names.push_back(name);
  return names;
}

rc::Gen<Value> any_value() {
  const auto text = rc::gen::element<std::string>("", "x264", "a \"quoted\" #text",
                                                  "gr\xC3\xB6\xC3\x9F, \\", "two\nlines", "[", "}");
  return rc::gen::oneOf(
      rc::gen::map(rc::gen::inRange<std::int64_t>(-5, 1'000'000),
                   [](std::int64_t v) { return Value(v); }),
      rc::gen::map(rc::gen::arbitrary<bool>(), [](bool v) { return Value(v); }),
      rc::gen::map(text, [](std::string v) { return Value(std::move(v)); }),
      rc::gen::map(rc::gen::container<std::vector<std::string>>(text),
                   [](std::vector<std::string> v) { return Value(std::move(v)); }));
}

// A value in one of the ways that only people use, or as we do.
std::string raw_value(const std::string& feed) {
  return *rc::gen::oneOf(
      rc::gen::map(any_value(), [](const Value& value) { return toml_value(value); }),
      rc::gen::element<std::string>(
          "0x1F", "1_000", "'lit # eral'", "1979-05-27T07:32:00Z", "2.5e3",
          "\"\"\"a" + feed + "#b\"\"\"", "'''" + feed + "x = 1" + feed + "'''",
          "[" + feed + "  1, # one" + feed + "  2," + feed + "]", "[ { a = 1 }, { a = ']' } ]",
          "\"gr\xC3\xB6\xC3\x9F \xF0\x9F\x98\x80\""));
}

std::string written_name(const std::string& name) {
  const bool bare = name != "with space" && name != "x.y" && name != "#" &&
                    name.find('\xC3') == std::string::npos;
  return bare && *rc::gen::arbitrary<bool>() ? name : "\"" + name + "\"";
}

class Writer {
 public:
  Writer() : feed_(*rc::gen::element<std::string>("\n", "\r\n")) {
    if (*rc::gen::arbitrary<bool>()) document_.text = "\xEF\xBB\xBF";
  }

  Document write() {
    const auto sections = some_names();
    const std::size_t dotted = *rc::gen::inRange<std::size_t>(0, sections.size() + 1);
    for (std::size_t i = 0; i < dotted; ++i) write_above(sections[i]);
    for (std::size_t i = dotted; i < sections.size(); ++i) write_headed(sections[i]);
    if (*rc::gen::arbitrary<bool>()) document_.text += "[[zz]]" + feed_ + "name = 'n'" + feed_;
    if (*rc::gen::arbitrary<bool>() && document_.text.ends_with(feed_))
      document_.text.resize(document_.text.size() - feed_.size());
    return std::move(document_);
  }

 private:
  // As section.name = …, or as section = { … }.
  void write_above(const std::string& section) {
    const auto names = some_names();
    if (*rc::gen::arbitrary<bool>()) {
      for (const auto& name : names)
        line(written_name(section) + *rc::gen::element<std::string>(".", " . ") +
             written_name(name) + " = " + raw_value(feed_));
      return;
    }
    std::string table;
    for (const auto& name : names)
      table += (table.empty() ? "" : ", ") + written_name(name) + "=" + toml_value(*any_value());
    line(written_name(section) + " = {" + table + *rc::gen::element<std::string>("", " ") + "}");
  }
  void write_headed(const std::string& section) {
    line("[" + written_name(section) + "]");
    for (const auto& name : some_names())
      line(written_name(name) + *rc::gen::element<std::string>("=", " = ", "\t=  ") +
           raw_value(feed_));
  }
  void line(const std::string& statement) {
    document_.text += *rc::gen::element<std::string>("", "  ", "\t") + statement;
    if (*rc::gen::arbitrary<bool>()) {
      document_.comments.push_back(fmt::format("# comment {} ]}}'\"", document_.comments.size()));
      document_.text += *rc::gen::element<std::string>("", "  ") + document_.comments.back();
    }
    document_.text += feed_;
    if (*rc::gen::inRange(0, 4) == 0) {
      document_.comments.push_back(fmt::format("# comment {}", document_.comments.size()));
      document_.text += document_.comments.back() + feed_ + feed_;
    }
  }

  const std::string feed_;
  Document document_;
};

toml::table parsed(const std::string& text) {
  auto document = parse_toml(text);
  RC_ASSERT(document.has_value());
  return *std::move(document);
}

bool has(const toml::table& document, const std::string& section, const std::string& name) {
  const auto* table = document.get_as<toml::table>(section);
  return table != nullptr && table->contains(name);
}

void expect_comments_of(const Document& document, const std::string& text) {
  std::size_t at = 0;
  for (const std::string& comment : document.comments) {
    at = text.find(comment, at);
    RC_ASSERT(at != std::string::npos);
  }
}

// The bytes that two texts begin and end with alike.
std::size_t common_bytes(const std::string& a, const std::string& b) {
  const auto begin = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  const auto end = std::mismatch(a.rbegin(), std::make_reverse_iterator(begin.first), b.rbegin(),
                                 std::make_reverse_iterator(begin.second));
  return static_cast<std::size_t>(begin.first - a.begin()) +
         static_cast<std::size_t>(end.first - a.rbegin());
}

RC_GTEST_PROP(TomlEdit, KeepsEveryByteButTheValue, ()) {
  const Document document = Writer().write();
  const toml::table before = parsed(document.text);
  const std::string section = *any_name(), name = *any_name();
  const Value value = *any_value();
  const auto after = with_value(document.text, {section, name}, value);
  RC_ASSERT(after.has_value());
  expect_comments_of(document, *after);
  const toml::table now = parsed(*after);
  RC_ASSERT(has(now, section, name));
  RC_ASSERT(value_of(*now[section][name].node()) == value);
  if (!has(before, section, name))
    RC_ASSERT(common_bytes(document.text, *after) + 2 >= document.text.size());  // {} may grow
  // Written as we do, a value comes back byte for byte.
  const auto again = with_value(*after, {section, name}, std::int64_t{7});
  RC_ASSERT(again.has_value());
  RC_ASSERT(with_value(*again, {section, name}, value) == *after);
}

// Some key of a section that has values, which is there or not; empty: no section has any.
std::optional<std::pair<std::string, std::string>> some_key(const toml::table& document,
                                                            bool there) {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const std::string& section : kNames) {
    const auto* table = document.get_as<toml::table>(section);
    if (table == nullptr || table->empty()) continue;
    for (const std::string& name : kNames)
      if (table->contains(name) == there) keys.emplace_back(section, name);
  }
  if (keys.empty()) return std::nullopt;
  return *rc::gen::elementOf(keys);
}

RC_GTEST_PROP(TomlEdit, TakesOutWhatItAddedAndNothingElse, ()) {
  const Document document = Writer().write();
  const auto key = some_key(parsed(document.text), false);
  if (!key) return;
  const auto added = with_value(document.text, {key->first, key->second}, *any_value());
  RC_ASSERT(added.has_value());
  std::string wanted = document.text;
  // A last line that was not ended is from now on.
  if (added->ends_with('\n') && !wanted.ends_with('\n'))
    wanted += added->ends_with("\r\n") ? "\r\n" : "\n";
  RC_ASSERT(without_value(*added, {key->first, key->second}) == wanted);
}

RC_GTEST_PROP(TomlEdit, LosesNoCommentAndNoOtherKeyWhenOneIsTakenOut, ()) {
  const Document document = Writer().write();
  const auto key = some_key(parsed(document.text), true);
  if (!key) return;
  const auto after = without_value(document.text, {key->first, key->second});
  RC_ASSERT(after.has_value());
  expect_comments_of(document, *after);
  RC_ASSERT(!has(parsed(*after), key->first, key->second));
}

}  // namespace
}  // namespace pf::config
