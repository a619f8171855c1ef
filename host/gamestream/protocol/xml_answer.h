// The body of every nvhttp answer: one root element with a status, and elements of text
// (docs/protocol/gamestream.md section 2). The HTTP status stays 200 whatever this one says:
// clients read no body of another.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pf::gamestream {

class XmlAnswer {
 public:
  explicit XmlAnswer(int status_code = 200, std::string_view message = {});

  XmlAnswer& element(std::string_view name, std::string_view text);
  XmlAnswer& element(std::string_view name, std::int64_t number);
  // Elements between these two are children of `name`.
  XmlAnswer& open(std::string_view name);
  XmlAnswer& close(std::string_view name);

  std::string finish() const;

 private:
  std::string text_;
};

// For requests over TLS whose certificate is not paired: it makes clients fall back quietly.
std::string unauthorised_answer(std::string_view path);

}  // namespace pf::gamestream
