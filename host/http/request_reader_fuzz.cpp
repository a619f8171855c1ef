// A stranger's bytes, in pieces whose size is the first byte: whatever is taken is a request and
// within the limits.
#include <cstdint>

#include "core/base/check.h"
#include "host/http/request_reader.h"

namespace {

using pf::http::RequestReader;

constexpr std::size_t kHeaderBytes = 512, kBodyBytes = 256;

void read(std::string_view text, std::size_t piece_bytes) {
  RequestReader reader(kHeaderBytes, kBodyBytes);
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, piece_bytes);
    text.remove_prefix(piece.size());
    reader.append(pf::as_bytes(piece));
    while (reader.parse() == RequestReader::Progress::whole) {
      const RequestReader::Whole whole = reader.take();
      PF_CHECK(!whole.request.method.empty());
      PF_CHECK(whole.request.target.starts_with('/'));
      PF_CHECK(whole.request.body.size() <= kBodyBytes);
    }
    if (reader.parse() == RequestReader::Progress::failed) {
      PF_CHECK(reader.refusal().status >= 400 && reader.waiting_bytes() == 0);
      return;
    }
    reader.take_expectation();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  read({reinterpret_cast<const char*>(data) + 1, size - 1}, 1U + data[0]);
  return 0;
}
