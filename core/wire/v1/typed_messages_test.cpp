#include "core/wire/v1/typed_messages.h"

#include <gtest/gtest.h>

#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using namespace message;
using nlohmann::json;
using testing::load_vectors;
using testing::unhex;

std::uint16_t u16(const json& f, const char* key) { return f[key].get<std::uint16_t>(); }
std::uint32_t u32(const json& f, const char* key) { return f[key].get<std::uint32_t>(); }
std::uint64_t u64(const json& f, const char* key) { return f[key].get<std::uint64_t>(); }
WireTime time(const json& f, const char* key) {
  return WireTime(Nanos(static_cast<std::int64_t>(u64(f, key))));
}
DisplayMode mode(const json& f) {
  return {.size_px = {u32(f, "width"), u32(f, "height")}, .refresh = {u32(f, "refresh_hz"), 1}};
}
std::array<std::byte, 32> digest(const json& text) {
  std::array<std::byte, 32> result{};
  const auto bytes = unhex(text);
  std::copy(bytes.begin(), bytes.end(), result.begin());
  return result;
}

// The message a vector's fields describe; nullopt for the two that live on clipboard streams.
std::optional<ControlMessage> message_from(const json& f) {
  switch (f["type"].get<int>()) {
    case 0x01:
      return Reconfigure{.mode = mode(f)};
    case 0x02:
      return Reconfigured{.accepted = f["accepted"] == 1, .mode = mode(f)};
    case 0x03:
      return RequestKeyframe{};
    case 0x04:
      return LossReport{.loss_ppm = u32(f, "loss_ppm")};
    case 0x05:
      return SetBitrate{.bitrate_kbps = u32(f, "kbps")};
    case 0x06:
      return BitrateChanged{.bitrate_kbps = u32(f, "kbps")};
    case 0x07:
      return RfiRequest{.first_frame = u32(f, "first"), .last_frame = u32(f, "last")};
    case 0x08:
      return ShardPayloadChanged{.shard_bytes = u16(f, "shard_payload")};
    case 0x09:
      return ShardPayloadAck{.shard_bytes = u16(f, "shard_payload")};
    case 0x0A:
      return PipelineGap{.gap_ms = u32(f, "gap_ms")};
    case 0x10:
      return PairRequest{.device_name = f["name"].get<std::string>(), .spake = unhex(f["spake_a"])};
    case 0x11:
      return PairChallenge{.spake = unhex(f["spake_b"]), .confirmation = digest(f["confirm"])};
    case 0x12:
      return PairProof{.confirmation = digest(f["confirm"])};
    case 0x13:
      return PairResult{.paired = f["ok"] == 1};
    case 0x20:
      return ProbeRequest{.target_kbps = u32(f, "target_kbps"),
                          .duration_ms = u32(f, "duration_ms")};
    case 0x21:
      return ProbeResult{.bytes_sent = u64(f, "bytes_sent"),
                         .packets_sent = u32(f, "packets_sent"),
                         .duration_ms = u32(f, "duration_ms"),
                         .wire_packets_sent = u32(f, "wire_packets_sent"),
                         .send_dropped = u32(f, "send_dropped")};
    case 0x30:
      return ClockProbe{.client_sent_ns = u64(f, "t1")};
    case 0x31:
      return ClockEcho{.client_sent_ns = u64(f, "t1"),
                       .host_received = time(f, "t2"),
                       .host_sent = time(f, "t3")};
    case 0x32: {
      PhaseReport report{.next_latch = time(f, "next_latch_host_ns"),
                         .period_ns = u32(f, "period_ns"),
                         .uncertainty_ns = u32(f, "uncertainty_ns"),
                         .lead_ns = u32(f, "lead_ns")};
      if (f.contains("coherence")) report.coherence_permille = u16(f, "coherence");
      return report;
    }
    case 0x40:
      return ClipControl{.enabled = f["enabled"] == 1, .files_wanted = f["flags"] == 1};
    case 0x41:
      return ClipState{.enabled = f["enabled"] == 1,
                       .text_and_images = (u32(f, "policy") & 1) != 0,
                       .files = (u32(f, "policy") & 2) != 0,
                       .reason = ClipState::Reason{f["reason"].get<std::uint8_t>()}};
    case 0x42: {
      ClipOffer offer{.sequence = u32(f, "seq"), .kinds = {}};
      for (const auto& kind : f["kinds"]) {
        offer.kinds.push_back(
            {.mime = kind[0].get<std::string>(), .size_bytes = kind[1].get<std::uint64_t>()});
      }
      return offer;
    }
    case 0x50:
      return CursorShape{.serial = u32(f, "serial"),
                         .width_px = u16(f, "w"),
                         .height_px = u16(f, "h"),
                         .hot_x_px = u16(f, "hot_x"),
                         .hot_y_px = u16(f, "hot_y"),
                         .rgba = unhex(f["rgba"])};
    case 0x51:
      return CursorRenderMode{.client_draws = f["client_draws"] == 1};
    case 0x58:
      return AccessUpdate{.grants = Grants::from_bits(u32(f, "grants")),
                          .remaining = std::chrono::seconds(u32(f, "remaining_secs"))};
    default:
      return std::nullopt;
  }
}

TEST(TypedMessages, ReadAndWriteEveryVector) {
  int count = 0;
  const json vectors = load_vectors("control_messages.json")["vectors"];
  for (const auto& vector : vectors) {
    SCOPED_TRACE(vector["name"].get<std::string>());
    const auto message = message_from(vector["fields"]);
    if (!message) continue;
    const auto parsed = parse_typed(unhex(vector["hex"]));
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(*parsed == *message);
    EXPECT_EQ(to_hex(write_typed(*message)), vector["hex"]);
    ++count;
  }
  EXPECT_EQ(count, 29);
}

TEST(TypedMessages, ReadAndWriteTheClipboardStreamVectors) {
  const json vectors = load_vectors("control_messages.json")["vectors"];
  for (const auto& vector : vectors) {
    const auto bytes = unhex(vector["hex"]);
    const auto& f = vector["fields"];
    if (vector["name"] == "clip_fetch") {
      const ClipFetch fetch{.sequence = 7, .file_index = std::nullopt, .mime = "text/html"};
      EXPECT_EQ(parse_clip_fetch(bytes), fetch);
      EXPECT_EQ(to_hex(write_clip_fetch(fetch)), vector["hex"]);
    } else if (vector["name"] == "clip_fetch_hdr") {
      const ClipFetchHeader header{.total_bytes = u64(f, "total_size")};
      EXPECT_EQ(parse_clip_fetch_header(bytes), header);
      EXPECT_EQ(to_hex(write_clip_fetch_header(header)), vector["hex"]);
    } else {
      EXPECT_FALSE(parse_clip_fetch(bytes));
      EXPECT_FALSE(parse_clip_fetch_header(bytes));
    }
  }
}

TEST(TypedMessages, TreatOddInputAsTheReferenceDoes) {
  const json decoder_edge_cases = load_vectors("control_messages.json")["decoder_edge_cases"];
  for (const auto& edge : decoder_edge_cases) {
    SCOPED_TRACE(edge["name"].get<std::string>());
    const bool valid = edge["expect"].get<std::string>().rfind("valid", 0) == 0;
    EXPECT_EQ(parse_typed(unhex(edge["hex"])).has_value(), valid);
  }
}

TEST(TypedMessages, CountTheTailOfAProbeResultOnlyWhenComplete) {
  const ProbeResult result{.bytes_sent = 1,
                           .packets_sent = 2,
                           .duration_ms = 3,
                           .wire_packets_sent = 4,
                           .send_dropped = 5};
  auto bytes = write_typed(result);
  bytes.pop_back();
  const auto parsed = parse_typed(bytes);
  ASSERT_TRUE(parsed);
  EXPECT_TRUE(*parsed ==
              ControlMessage(ProbeResult{.bytes_sent = 1, .packets_sent = 2, .duration_ms = 3}));
}

TEST(TypedMessages, CarryFrameReportsOfUpToABound) {
  FrameReport report{.clock_error_us = 150, .frames = {}};
  EXPECT_FALSE(parse_typed(write_typed(ControlMessage(report)))) << "it says nothing";
  for (std::uint32_t i = 0; i < FrameReport::kMaxFrames; ++i) {
    report.frames.push_back({.pts = WireTime(seconds(1'700'000'000) + milliseconds(i)),
                             .first_received_us = i,
                             .received_us = i + 1,
                             .decoded_us = std::nullopt,
                             .presented_us = std::nullopt});
    if (i % 2 == 0) report.frames.back().decoded_us = i + 2;
    if (i % 3 == 0) report.frames.back().presented_us = i + 3;
    const ControlMessage message(report);
    const auto bytes = write_typed(message);
    EXPECT_EQ(bytes.size(), 9 + 24 * report.frames.size());
    ASSERT_EQ(parse_typed(bytes), message);
    EXPECT_FALSE(parse_typed(Bytes(bytes).first(bytes.size() - 1)));
  }
  auto bytes = write_typed(ControlMessage(report));
  bytes.resize(bytes.size() + 24);
  EXPECT_FALSE(parse_typed(bytes)) << "too many";
  const ControlMessage wanted(FrameReportsWanted{.interval_ms = 250});
  EXPECT_EQ(write_typed(wanted).size(), 7u);
  EXPECT_EQ(parse_typed(write_typed(wanted)), wanted);
}

TEST(TypedMessages, RefuseEveryOtherLength) {
  const json vectors = load_vectors("control_messages.json")["vectors"];
  for (const auto& vector : vectors) {
    const int type = vector["fields"]["type"].get<int>();
    if (type == 0x21 || type == 0x32) continue;  // these have optional tails
    SCOPED_TRACE(vector["name"].get<std::string>());
    auto bytes = unhex(vector["hex"]);
    bytes.push_back(std::byte{0});
    EXPECT_FALSE(parse_typed(bytes));
    bytes.pop_back();
    bytes.pop_back();
    EXPECT_FALSE(parse_typed(bytes));
  }
}

}  // namespace
}  // namespace pf::wire::v1
