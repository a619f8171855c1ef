#include "core/wire/v1/service_record.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using message::HostAdvert;
using testing::load_vectors;
using testing::unhex;

std::vector<std::byte> txt(std::initializer_list<std::string_view> strings) {
  std::vector<std::byte> rdata;
  for (const std::string_view text : strings) {
    rdata.push_back(static_cast<std::byte>(text.size()));
    const Bytes bytes = as_bytes(text);
    rdata.insert(rdata.end(), bytes.begin(), bytes.end());
  }
  return rdata;
}

TEST(ServiceRecord, ReadsAndWritesTheKnownRecords) {
  const auto vectors = load_vectors("mdns.json");
  for (const auto& vector : vectors["txt"]) {
    const auto rdata = unhex(vector["rdata"]);
    const HostAdvert advert = parse_service_txt(rdata);
    EXPECT_EQ(advert.protocol, "punktfunk/1");
    ASSERT_TRUE(advert.fingerprint);
    EXPECT_EQ(to_hex(*advert.fingerprint), vector["pairs"][1][1].get<std::string>());
    EXPECT_EQ(advert.pairing_required, vector["pairs"][2][1] == "required");
    EXPECT_EQ(advert.id, vector["pairs"][3][1].get<std::string>());
    EXPECT_EQ(write_service_txt(advert), rdata) << vector["name"];
  }
  const HostAdvert all = parse_service_txt(unhex(vectors["txt"][0]["rdata"]));
  EXPECT_EQ(all.management_port, 47990);
  EXPECT_EQ(all.os, "linux/fedora/bazzite");
  ASSERT_EQ(all.macs.size(), 2u);
  EXPECT_EQ(all.macs[1], (std::array<std::uint8_t, 6>{0x11, 0x22, 0x33, 0x44, 0x55, 0x66}));
}

TEST(ServiceRecord, MakesLegalNamesOfDisplayNames) {
  const auto vectors = load_vectors("mdns.json");
  for (const auto& row : vectors["host_label"]["rows"]) {
    EXPECT_EQ(service_host_label(row[0].get<std::string>()), row[1].get<std::string>());
  }
  EXPECT_EQ(service_host_label(std::string(300, 'x')), std::string(62, 'x'));
  EXPECT_EQ(service_host_label("box.example.org."), "box.example.org");
}

TEST(ServiceRecord, TakesNothingForGrantedButThatPairingIsRequired) {
  EXPECT_EQ(parse_service_txt({}), HostAdvert{});
  EXPECT_EQ(parse_service_txt(txt({""})), HostAdvert{});
  EXPECT_TRUE(parse_service_txt(txt({"pair=whatever"})).pairing_required);
  EXPECT_FALSE(parse_service_txt(txt({"pair=optional"})).pairing_required);
}

TEST(ServiceRecord, KeysHaveNoCaseAndTheFirstOneCounts) {
  EXPECT_EQ(parse_service_txt(txt({"ID=one", "id=two"})).id, "one");
  EXPECT_TRUE(
      parse_service_txt(txt({"pair", "=x", "pair=required", "pair=optional"})).pairing_required);
}

TEST(ServiceRecord, NonsenseIsAsGoodAsAbsent) {
  const HostAdvert advert = parse_service_txt(
      txt({"fp=abc", "mgmt=65536", "mac=aa:bb:cc:dd:ee:ff,,zz:bb:cc:dd:ee:ff,-1:bb:cc:dd:ee:ff",
           "unknown=1"}));
  EXPECT_FALSE(advert.fingerprint);
  EXPECT_EQ(advert.management_port, 0);
  EXPECT_EQ(advert.macs.size(), 1u);
  EXPECT_EQ(parse_service_txt(txt({"mgmt=47990x"})).management_port, 0);
  EXPECT_EQ(parse_service_txt(txt({"os=linux\x1b[31m"})).os, "linux [31m");
}

TEST(ServiceRecord, AStringThatIsCutOffEndsTheList) {
  auto rdata = txt({"id=one", "os=linux/debian"});
  rdata.resize(rdata.size() - 1);
  EXPECT_EQ(parse_service_txt(rdata).id, "one");
  EXPECT_EQ(parse_service_txt(rdata).os, "");
}

RC_GTEST_PROP(ServiceRecord, WhatIsReadIsWrittenAndReadAgain, ()) {
  HostAdvert advert;
  advert.protocol = "punktfunk/1";
  advert.pairing_required = *rc::gen::arbitrary<bool>();
  advert.id = *rc::gen::container<std::string>(rc::gen::inRange('!', '~'));
  advert.id.resize(std::min(advert.id.size(), kMaxTxtTextBytes));
  advert.management_port = *rc::gen::arbitrary<std::uint16_t>();
  advert.macs.resize(*rc::gen::inRange<std::size_t>(0, message::kMaxAdvertMacs + 1));
  for (auto& mac : advert.macs) mac[5] = *rc::gen::arbitrary<std::uint8_t>();
  RC_ASSERT(parse_service_txt(write_service_txt(advert)) == advert);
}

}  // namespace
}  // namespace pf::wire::v1
