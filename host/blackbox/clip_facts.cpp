#include "host/blackbox/clip_facts.h"

#include <nlohmann/json.hpp>

namespace pf::blackbox {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
// As nanoseconds it fits 64 bits.
constexpr std::int64_t kMost = std::int64_t{1} << 53;

std::optional<std::int64_t> whole(const Json& json, const char* name) {
  const auto at = json.find(name);
  if (at == json.end() || !at->is_number_unsigned()) return std::nullopt;
  const auto number = at->get<std::uint64_t>();
  if (number > static_cast<std::uint64_t>(kMost)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::optional<std::string> text(const Json& json, const char* name) {
  const auto at = json.find(name);
  if (at == json.end() || !at->is_string()) return std::nullopt;
  return at->get<std::string>();
}

}  // namespace

std::string write_facts(const Clip& clip) {
  const Json json{{"version", kVersion},
                  {"session", clip.session.number},
                  {"door", clip.session.door},
                  {"device", clip.session.device},
                  {"mode", clip.session.mode},
                  {"why", clip.why == Clip::Why::hitch ? "hitch" : "asked"},
                  {"saved_at_s", static_cast<std::uint64_t>(clip.saved_at_s)},
                  {"began_at_us", static_cast<std::uint64_t>(clip.began_at_us)},
                  {"length_ms", static_cast<std::uint64_t>(clip.length_ms)},
                  {"frames", clip.frames},
                  {"sound", clip.sound},
                  {"bytes", clip.bytes},
                  {"trace_bytes", clip.trace_bytes}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<Clip> parse_facts(std::string_view from) {
  const Json json = Json::parse(from, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || json.value("version", Json()) != kVersion) return std::nullopt;
  const auto session = whole(json, "session"), saved_at_s = whole(json, "saved_at_s"),
             began_at_us = whole(json, "began_at_us"), length_ms = whole(json, "length_ms"),
             frames = whole(json, "frames"), bytes = whole(json, "bytes"),
             trace_bytes = whole(json, "trace_bytes");
  const auto door = text(json, "door"), device = text(json, "device"), mode = text(json, "mode"),
             why = text(json, "why");
  const Json sound = json.value("sound", Json());
  if (!session || !saved_at_s || !began_at_us || !length_ms || !frames || !bytes || !trace_bytes ||
      !door || !device || !mode || !why || !sound.is_boolean())
    return std::nullopt;
  Clip clip;
  clip.session = {
      .number = static_cast<unsigned>(*session), .door = *door, .device = *device, .mode = *mode};
  clip.why = *why == "hitch" ? Clip::Why::hitch : Clip::Why::asked;
  clip.state = Clip::State::ready;
  clip.saved_at_s = *saved_at_s;
  clip.began_at_us = *began_at_us;
  clip.length_ms = *length_ms;
  clip.frames = static_cast<std::uint64_t>(*frames);
  clip.sound = sound.get<bool>();
  clip.bytes = static_cast<std::uint64_t>(*bytes);
  clip.trace_bytes = static_cast<std::uint64_t>(*trace_bytes);
  return clip;
}

}  // namespace pf::blackbox
