// Foreign bytes as the TXT record of a host: whatever is read is written and read again unchanged.
#include "core/base/check.h"
#include "core/message/text.h"
#include "core/wire/v1/service_record.h"

using namespace pf;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(reinterpret_cast<const std::byte*>(data), size);
  const message::HostAdvert advert = wire::v1::parse_service_txt(bytes);
  PF_CHECK(message::is_utf8(advert.id) && message::is_utf8(advert.os));
  PF_CHECK(advert.macs.size() <= message::kMaxAdvertMacs);
  PF_CHECK(wire::v1::parse_service_txt(wire::v1::write_service_txt(advert)) == advert);

  const std::string label = wire::v1::service_host_label(as_text(bytes));
  PF_CHECK(!label.empty() && label.size() < 63);
  return 0;
}
