// A host's mDNS record: its TXT data and the name of its address record.
// Source: docs/protocol/punktfunk1.md section 17.1; RFC 6763 section 6.
//
//   | bytes | "key=value" | bytes | "key=value" | …      one length byte before each string
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/bytes.h"
#include "core/message/host_advert.h"

namespace pf::wire::v1 {

// Longest text taken from or put into one TXT string, which holds 255 bytes with its key.
inline constexpr std::size_t kMaxTxtTextBytes = 192;

// Never fails: keys that are unknown, repeated or make no sense are as good as absent, and a string
// that is cut off ends the list. Texts are free of control characters.
message::HostAdvert parse_service_txt(Bytes rdata);

// Texts too long are cut, surplus MAC addresses left out.
std::vector<std::byte> write_service_txt(const message::HostAdvert& advert);

// A legal DNS name made of the host's display name, to hang its addresses on: "Living Room PC"
// gives "Living-Room-PC". Never empty.
std::string service_host_label(std::string_view display_name);

}  // namespace pf::wire::v1
