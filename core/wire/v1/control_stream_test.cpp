#include "core/wire/v1/control_stream.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "core/wire/v1/typed_messages.h"
#include "testing/vectors.h"

namespace pf::wire::v1 {
namespace {

using nlohmann::json;

using message::ControlMessage;

std::vector<std::byte> operator+(std::vector<std::byte> a, const std::vector<std::byte>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

struct Log {
  std::vector<ControlMessage> messages;
  int broken = 0;
  void operator()(ControlStream::Event event) {
    if (auto* message = std::get_if<ControlMessage>(&event)) {
      messages.push_back(std::move(*message));
    } else {
      ++broken;
    }
  }
};

TEST(FrameReader, AgreesWithTheFramingVectors) {
  const json framing = testing::load_vectors("control_messages.json")["framing"];
  for (const auto& vector : framing) {
    if (vector["name"] == "clip_stream_prefix") continue;  // not framed
    FrameReader reader;
    const auto bytes = testing::unhex(vector["hex"]);
    EXPECT_TRUE(reader.take(bytes).empty());
    ASSERT_TRUE(reader.frame());
    EXPECT_EQ(reader.frame()->size(), bytes.size() - 2);
  }
}

RC_GTEST_PROP(FrameReader, GivesTheSameFramesHoweverTheStreamIsCut,
              (const std::vector<std::vector<std::uint8_t>>& payloads, std::uint64_t seed)) {
  std::vector<std::byte> stream;
  for (const auto& payload : payloads) append_frame(std::as_bytes(std::span(payload)), stream);
  FrameReader reader;
  std::vector<std::vector<std::uint8_t>> frames;
  Bytes rest(stream);
  while (!rest.empty()) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    const std::size_t count = std::min<std::size_t>(rest.size(), 1 + (seed >> 60));
    Bytes piece = rest.first(count);
    rest = rest.subspan(count);
    while (!piece.empty()) {
      piece = reader.take(piece);
      if (const auto frame = reader.frame()) {
        frames.emplace_back();
        for (const std::byte byte : *frame)
          frames.back().push_back(std::to_integer<std::uint8_t>(byte));
      }
    }
  }
  RC_ASSERT(frames == payloads);
}

TEST(FrameReader, TakesTheLargestFrame) {
  std::vector<std::byte> stream;
  append_frame(std::vector<std::byte>(kMaxFrameBytes), stream);
  append_frame({}, stream);
  FrameReader reader;
  EXPECT_EQ(reader.take(stream).size(), 2u);
  EXPECT_EQ(reader.frame()->size(), kMaxFrameBytes);
}

TEST(ControlStream, TellsHandshakeMessagesApartByPosition) {
  const message::Hello hello;
  const message::Start start{.client_media_port = 5};
  ControlStream host(ControlStream::End::host);
  Log log;
  host.read(ControlStream::write(hello) + ControlStream::write(message::ClockProbe{7}) +
                ControlStream::write(start) + ControlStream::write(message::RequestKeyframe{}),
            log);
  ASSERT_EQ(log.messages.size(), 4u);
  EXPECT_TRUE(log.messages[0] == ControlMessage(hello));
  EXPECT_TRUE(log.messages[2] == ControlMessage(start));
  EXPECT_EQ(log.broken, 0);
}

TEST(ControlStream, TakesAPairRequestInPlaceOfHello) {
  ControlStream host(ControlStream::End::host);
  Log log;
  host.read(ControlStream::write(message::PairRequest{.device_name = "a", .spake = {}}), log);
  ASSERT_EQ(log.messages.size(), 1u);
  EXPECT_TRUE(std::holds_alternative<message::PairRequest>(log.messages[0]));
}

TEST(ControlStream, ReportsAFirstMessageThatOpensNothing) {
  for (const ControlMessage& first :
       {ControlMessage(message::RequestKeyframe{}), ControlMessage(message::Start{})}) {
    ControlStream host(ControlStream::End::host);
    Log log;
    host.read(ControlStream::write(first), log);
    EXPECT_EQ(log.broken, 1);
    EXPECT_TRUE(log.messages.empty());
  }
}

TEST(ControlStream, ReportsAWelcomeWithAnUnknownCipherButIgnoresUnknownTypes) {
  ControlStream client(ControlStream::End::client);
  Log log;
  std::vector<std::byte> stream;
  append_frame(testing::unhex("504b46637f"), stream);
  append_frame({}, stream);
  client.read(stream, log);
  EXPECT_EQ(client.ignored_count(), 1u);
  EXPECT_EQ(log.broken, 0);
  stream.clear();
  const json decoder_edge_cases = testing::load_vectors("handshake.json")["decoder_edge_cases"];
  for (const auto& edge : decoder_edge_cases) {
    if (edge["name"] == "welcome_unknown_cipher") append_frame(testing::unhex(edge["hex"]), stream);
  }
  client.read(stream, log);
  EXPECT_EQ(log.broken, 1);
}

}  // namespace
}  // namespace pf::wire::v1
