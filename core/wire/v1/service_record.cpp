#include "core/wire/v1/service_record.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "core/base/hex.h"
#include "core/message/text.h"

namespace pf::wire::v1 {
namespace {

constexpr std::size_t kMaxStringBytes = 255;  // what one length byte says
constexpr std::size_t kMaxLabelBytes = 62;    // section 17.1: less than 63
constexpr std::size_t kMacTextBytes = 17;     // "aa:bb:cc:dd:ee:ff"

char to_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// RFC 6763 section 6.4: keys are the same in either case.
bool is_key(std::string_view text, std::string_view key) noexcept {
  return std::equal(text.begin(), text.end(), key.begin(), key.end(),
                    [](char a, char b) { return to_lower(a) == b; });
}

std::optional<std::array<std::uint8_t, 6>> parse_mac(std::string_view text) {
  if (text.size() != kMacTextBytes) return std::nullopt;
  std::array<std::uint8_t, 6> mac{};
  for (std::size_t i = 0; i < mac.size(); ++i) {
    if (i > 0 && text[3 * i - 1] != ':') return std::nullopt;
    const char* const digits = text.data() + 3 * i;
    const auto parsed = std::from_chars(digits, digits + 2, mac[i], 16);
    if (parsed.ec != std::errc() || parsed.ptr != digits + 2) return std::nullopt;
  }
  return mac;
}

std::vector<std::array<std::uint8_t, 6>> parse_macs(std::string_view list) {
  std::vector<std::array<std::uint8_t, 6>> macs;
  while (!list.empty() && macs.size() < message::kMaxAdvertMacs) {
    const std::string_view item = list.substr(0, list.find(','));
    if (const auto mac = parse_mac(item)) macs.push_back(*mac);
    list.remove_prefix(std::min(list.size(), item.size() + 1));
  }
  return macs;
}

std::optional<std::array<std::byte, 32>> parse_fingerprint(std::string_view text) {
  const auto bytes = from_hex(text);
  std::array<std::byte, 32> fingerprint;
  if (!bytes || bytes->size() != fingerprint.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), fingerprint.begin());
  return fingerprint;
}

std::uint16_t parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() ? port : 0;
}

struct Key {
  std::string_view name;
  void (*take)(message::HostAdvert&, std::string_view value);
};
constexpr Key kKeys[] = {
    {"proto",
     [](message::HostAdvert& advert, std::string_view value) {
       advert.protocol = message::printable(value, kMaxTxtTextBytes);
     }},
    {"fp", [](message::HostAdvert& advert,
              std::string_view value) { advert.fingerprint = parse_fingerprint(value); }},
    {"pair", [](message::HostAdvert& advert,
                std::string_view value) { advert.pairing_required = value != "optional"; }},
    {"id", [](message::HostAdvert& advert,
              std::string_view value) { advert.id = message::printable(value, kMaxTxtTextBytes); }},
    {"mgmt", [](message::HostAdvert& advert,
                std::string_view value) { advert.management_port = parse_port(value); }},
    {"os", [](message::HostAdvert& advert,
              std::string_view value) { advert.os = message::printable(value, kMaxTxtTextBytes); }},
    {"mac",
     [](message::HostAdvert& advert, std::string_view value) { advert.macs = parse_macs(value); }},
};

void put(std::vector<std::byte>& rdata, std::string_view key, std::string_view value) {
  const std::string text =
      fmt::format("{}={}", key, message::cut_utf8(value, kMaxStringBytes - key.size() - 1));
  rdata.push_back(static_cast<std::byte>(text.size()));
  const Bytes bytes = as_bytes(text);
  rdata.insert(rdata.end(), bytes.begin(), bytes.end());
}

void put_text(std::vector<std::byte>& rdata, std::string_view key, std::string_view value) {
  const std::string text = message::printable(value, kMaxTxtTextBytes);
  if (!text.empty()) put(rdata, key, text);
}

std::string mac_list(const std::vector<std::array<std::uint8_t, 6>>& macs) {
  std::string list;
  for (std::size_t i = 0; i < std::min(macs.size(), message::kMaxAdvertMacs); ++i) {
    if (i > 0) list += ',';
    list += fmt::format("{:02x}", fmt::join(macs[i], ":"));
  }
  return list;
}

}  // namespace

message::HostAdvert parse_service_txt(Bytes rdata) {
  message::HostAdvert advert;
  bool seen[std::size(kKeys)] = {};
  ByteReader in(rdata);
  while (in.remaining() > 0) {
    const std::string_view text = as_text(in.take(in.big<std::uint8_t>()));
    const std::size_t equals = text.find('=');
    // A key without a value says nothing here, and the first of several is the one that counts (RFC
    // 6763 section 6.4).
    if (!in.ok() || equals == std::string_view::npos) continue;
    for (std::size_t i = 0; i < std::size(kKeys); ++i) {
      if (seen[i] || !is_key(text.substr(0, equals), kKeys[i].name)) continue;
      seen[i] = true;
      kKeys[i].take(advert, text.substr(equals + 1));
    }
  }
  return advert;
}

std::vector<std::byte> write_service_txt(const message::HostAdvert& advert) {
  std::vector<std::byte> rdata;
  put_text(rdata, "proto", advert.protocol);
  if (advert.fingerprint) put(rdata, "fp", to_hex(*advert.fingerprint));
  put(rdata, "pair", advert.pairing_required ? "required" : "optional");
  put_text(rdata, "id", advert.id);
  if (advert.management_port != 0) put(rdata, "mgmt", fmt::format("{}", advert.management_port));
  put_text(rdata, "os", advert.os);
  if (!advert.macs.empty()) put(rdata, "mac", mac_list(advert.macs));
  return rdata;
}

std::string service_host_label(std::string_view display_name) {
  std::string label;
  bool gap = false;
  for (const char c : display_name) {
    const bool legal = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-';
    if (!legal || c == '-') {
      gap = true;
      continue;
    }
    if (gap && !label.empty()) label += '-';
    gap = false;
    label += c;
  }
  label.resize(std::min(label.size(), kMaxLabelBytes));
  const auto is_edge = [](char c) { return c == '-' || c == '.'; };
  while (!label.empty() && is_edge(label.back())) label.pop_back();
  label.erase(label.begin(), std::find_if_not(label.begin(), label.end(), is_edge));
  return label.empty() ? "punktfunk-host" : label;
}

}  // namespace pf::wire::v1
