// Targets of nvhttp requests: whatever a stranger asks for has a bounded answer.
#include "host/gamestream/protocol/nvhttp_answers.h"
#include "host/gamestream/protocol/pairing_book.h"

using namespace pf;
using namespace pf::gamestream;

namespace {

const HostCertificate& host() {
  static const HostCertificate certificate = [] {
    HostCertificate made;
    made.identity = *crypto::make_rsa_identity("fuzz");
    made.signature = *crypto::certificate_signature(made.identity.certificate_der);
    return made;
  }();
  return certificate;
}

}  // namespace

// Lines are targets; a line that begins with '#' enters its rest as a PIN.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SeededRng rng(1);
  PairingBook book(host(), rng);
  std::string_view text(reinterpret_cast<const char*>(data), size);
  LocalTime now{seconds(1)};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    now = now + seconds(1);
    book.handle_timeout(now);
    if (!line.empty() && line.front() == '#') {
      static_cast<void>(book.enter_pin("", line.substr(1), now));
      continue;
    }
    const auto query = Query::parse(line);
    if (!query) continue;
    static_cast<void>(parse_launch(*query, LaunchVerb::launch));
    book.handle("10.0.0.1", *query, now);
    while (book.poll_release() || book.poll_outcome()) {
    }
    if (book.waiting().size() > PairingBook::kMaxCeremonies) __builtin_trap();
  }
  return 0;
}
