#include "host/gamestream/protocol/xml_answer.h"

#include <fmt/format.h>

namespace pf::gamestream {
namespace {

// XML 1.0 section 2.4; what section 2.2 does not allow at all is left out.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') result += c;
    }
  }
  return result;
}

constexpr std::string_view kDeclaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

}  // namespace

XmlAnswer::XmlAnswer(int status_code, std::string_view message)
    : text_(fmt::format("{}<root status_code=\"{}\"", kDeclaration, status_code)) {
  if (!message.empty()) text_ += fmt::format(" status_message=\"{}\"", escaped(message));
  text_ += '>';
}

XmlAnswer& XmlAnswer::element(std::string_view name, std::string_view text) {
  text_ += fmt::format("<{0}>{1}</{0}>", name, escaped(text));
  return *this;
}

XmlAnswer& XmlAnswer::element(std::string_view name, std::int64_t number) {
  return element(name, fmt::format("{}", number));
}

XmlAnswer& XmlAnswer::open(std::string_view name) {
  text_ += fmt::format("<{}>", name);
  return *this;
}

XmlAnswer& XmlAnswer::close(std::string_view name) {
  text_ += fmt::format("</{}>", name);
  return *this;
}

std::string XmlAnswer::finish() const { return text_ + "</root>\n"; }

std::string unauthorised_answer(std::string_view path) {
  return fmt::format(
      "{}<root status_code=\"401\" query=\"{}\" status_message=\"The client is not authorized. "
      "Certificate verification failed.\"/>\n",
      kDeclaration, escaped(path));
}

}  // namespace pf::gamestream
