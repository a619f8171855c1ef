// Reads the XML that GameStream hosts answer with: elements, attributes and text, as strictly as
// the readers of stock clients (a document that is not well-formed is none). No comments, no
// namespaces, no document types: hosts send none of them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"

namespace pf::gamestream_client {

// A list of a thousand applications has some 200 kB.
inline constexpr std::size_t kMaxXmlBytes = 1 << 20;
inline constexpr unsigned kMaxXmlDepth = 8;  // hosts nest three elements

struct XmlElement {
  std::string name;
  std::vector<std::pair<std::string, std::string>> attributes;
  std::string text;  // its own, without that of its children
  std::vector<XmlElement> children;

  const XmlElement* child(std::string_view name) const;  // the first; null: none
  const std::string* attribute(std::string_view name) const;
};

// `malformed`: not well-formed, or beyond the bounds above.
Result<XmlElement> parse_xml(std::string_view document);

}  // namespace pf::gamestream_client
