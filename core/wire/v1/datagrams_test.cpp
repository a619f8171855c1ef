#include "core/wire/v1/datagrams.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using nlohmann::json;

TEST(HostTiming, ReadsAndWritesEveryVector) {
  int count = 0;
  const json vectors = testing::load_vectors("datagrams.json")["vectors"];
  for (const auto& vector : vectors) {
    if (vector["name"].get<std::string>().rfind("host_timing", 0) != 0) continue;
    const auto& f = vector["fields"];
    message::HostTiming timing;
    timing.pts = WireTime(Nanos(f["pts_ns"].get<std::int64_t>()));
    timing.host_us = f["host_us"].get<std::uint32_t>();
    if (f.contains("queue_us")) {
      timing.stages = {f["queue_us"].get<std::uint32_t>(), f["encode_us"].get<std::uint32_t>(),
                       f["pace_us"].get<std::uint32_t>()};
    }
    if (f.contains("applied_phase_ns")) {
      timing.applied_phase_ns = f["applied_phase_ns"].get<std::int32_t>();
    }
    EXPECT_EQ(parse_host_timing(testing::unhex(vector["hex"])), timing);
    EXPECT_EQ(to_hex(write_host_timing(timing)), vector["hex"]);
    ++count;
  }
  EXPECT_EQ(count, 3);
}

TEST(HostTiming, DropsATornTailAndIgnoresAnExcess) {
  message::HostTiming timing;
  timing.stages = {1, 2, 3};
  timing.applied_phase_ns = -4;
  auto bytes = write_host_timing(timing);
  ASSERT_EQ(bytes.size(), 29u);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto parsed = parse_host_timing(Bytes(bytes).first(size));
    EXPECT_EQ(parsed.has_value(), size >= 13) << size;
    if (!parsed) continue;
    EXPECT_EQ(parsed->stages.has_value(), size >= 25) << size;
    EXPECT_FALSE(parsed->applied_phase_ns);
  }
  bytes.push_back(std::byte{9});
  EXPECT_EQ(parse_host_timing(bytes), timing);
  bytes[0] = std::byte{0xCE};
  EXPECT_FALSE(parse_host_timing(bytes));
}

}  // namespace
}  // namespace pf::wire::v1
