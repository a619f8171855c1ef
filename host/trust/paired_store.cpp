#include "host/trust/paired_store.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/hex.h"
#include "core/runtime/files.h"

namespace pf::trust {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kVersion = 1;
// Beyond it nanoseconds since 1970 no longer fit 64 bits (the year 2262).
constexpr std::int64_t kMaxSeconds = INT64_MAX / 1'000'000'000;

std::int64_t to_seconds(WireTime at) { return at.ns() / 1'000'000'000; }

Json to_json(const Device& device) {
  Json json{{"fingerprint", to_hex(device.fingerprint)},
            {"name", device.name},
            {"kind", kind_name(device.kind)},
            {"grants", grant_names(device.access.grants)}};
  if (device.play_on) json["play_on"] = play_on_name(*device.play_on);
  if (device.access.expires_at) json["expires_at_s"] = to_seconds(*device.access.expires_at);
  json["paired_at_s"] = to_seconds(device.paired_at);
  if (device.last_seen) json["last_seen_s"] = to_seconds(*device.last_seen);
  return json;
}

// The member, or nullptr.
const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

Result<std::string> text_member(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr || !value->is_string()) {
    return fail(ErrorKind::malformed, "\"{}\" is missing or no text", name);
  }
  return *value->get_ptr<const Json::string_t*>();
}

Result<std::optional<WireTime>> time_member(const Json& object, const char* name) {
  const Json* value = member(object, name);
  if (value == nullptr) return std::optional<WireTime>();
  const std::int64_t count = value->is_number_integer() ? value->get<std::int64_t>() : -1;
  if (count < 0 || count > kMaxSeconds) {
    return fail(ErrorKind::malformed, "\"{}\" is no time in seconds since 1970", name);
  }
  return std::optional<WireTime>(WireTime(seconds(count)));
}

Result<Grants> grants_member(const Json& object) {
  const Json* list = member(object, "grants");
  if (list == nullptr || !list->is_array()) {
    return fail(ErrorKind::malformed, "\"grants\" is missing or no list");
  }
  std::uint32_t bits = 0;
  for (const Json& entry : *list) {
    const auto grant =
        entry.is_string() ? parse_grant(*entry.get_ptr<const Json::string_t*>()) : std::nullopt;
    if (!grant) return fail(ErrorKind::malformed, "\"grants\" has an entry that is no grant");
    bits |= 1u << static_cast<unsigned>(*grant);
  }
  return Grants::from_bits(bits);
}

Result<DeviceKind> kind_member(const Json& object) {
  if (member(object, "kind") == nullptr) return DeviceKind::native;
  PF_TRY(const std::string name, text_member(object, "kind"));
  const auto kind = parse_kind(name);
  if (!kind) return fail(ErrorKind::malformed, "\"kind\" is neither native nor moonlight");
  return *kind;
}

Result<std::optional<PlayOn>> play_on_member(const Json& object) {
  const Json* value = member(object, "play_on");
  if (value == nullptr) return std::optional<PlayOn>();
  const auto play_on =
      value->is_string() ? parse_play_on(*value->get_ptr<const Json::string_t*>()) : std::nullopt;
  if (!play_on) return fail(ErrorKind::malformed, "\"play_on\" is none of client, both, host");
  return play_on;
}

Result<Device> parse_device(const Json& json) {
  if (!json.is_object()) return fail(ErrorKind::malformed, "it is no object");
  Device device;
  PF_TRY(const std::string fingerprint_text, text_member(json, "fingerprint"));
  const auto fingerprint = crypto::parse_fingerprint(fingerprint_text);
  if (!fingerprint) {
    return fail(ErrorKind::malformed, "\"fingerprint\" is not 64 hexadecimal digits");
  }
  device.fingerprint = *fingerprint;
  PF_TRY(const std::string name, text_member(json, "name"));
  device.name = device_name(name);
  PF_TRY(device.kind, kind_member(json));
  PF_TRY(device.access.grants, grants_member(json));
  PF_TRY(device.access.expires_at, time_member(json, "expires_at_s"));
  PF_TRY(device.play_on, play_on_member(json));
  PF_TRY(const auto paired_at, time_member(json, "paired_at_s"));
  if (!paired_at) return fail(ErrorKind::malformed, "\"paired_at_s\" is missing");
  device.paired_at = *paired_at;
  PF_TRY(device.last_seen, time_member(json, "last_seen_s"));
  return device;
}

}  // namespace

std::string write_devices(std::span<const Device> devices) {
  Json list = Json::array();
  for (const Device& device : devices) list.push_back(to_json(device));
  const Json file{{"version", kVersion}, {"devices", std::move(list)}};
  return file.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<Device>> parse_devices(std::string_view text) {
  const Json file = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object()) return fail(ErrorKind::malformed, "it is not whole, or no JSON");
  const Json* version = member(file, "version");
  if (version == nullptr || *version != kVersion) {
    return fail(ErrorKind::malformed, "its \"version\" is not {}", kVersion);
  }
  const Json* list = member(file, "devices");
  if (list == nullptr || !list->is_array()) {
    return fail(ErrorKind::malformed, "\"devices\" is missing or no list");
  }
  if (list->size() > kMaxDevices) {
    return fail(ErrorKind::malformed, "it lists more than {} devices", kMaxDevices);
  }
  std::vector<Device> devices;
  for (const Json& entry : *list) {
    auto device = parse_device(entry);
    if (!device) {
      return fail(ErrorKind::malformed, "device {}: {}", devices.size() + 1, device.error().what);
    }
    const bool twice = std::any_of(devices.begin(), devices.end(), [&](const Device& other) {
      return other.fingerprint == device->fingerprint;
    });
    if (twice) {
      return fail(ErrorKind::malformed, "device {} is listed twice", devices.size() + 1);
    }
    devices.push_back(*std::move(device));
  }
  return devices;
}

Result<std::vector<Device>> PairedStore::load() const {
  struct stat facts {};
  if (stat(path_.c_str(), &facts) != 0) {
    if (errno == ENOENT) return std::vector<Device>();
    return fail_os(ErrorKind::unavailable, errno, fmt::format("cannot read {}", path_));
  }
  if ((facts.st_mode & 077) != 0) {
    return fail(ErrorKind::refused,
                "{} says who may use this host, but other users have access to it: chmod 600 it",
                path_);
  }
  PF_TRY(const std::string text, read_small_file(path_));
  auto devices = parse_devices(text);
  if (!devices) {
    return fail(ErrorKind::malformed,
                "{}: {}; restore it from a backup, or remove it and pair all devices anew", path_,
                devices.error().what);
  }
  return devices;
}

Result<void> PairedStore::save(std::span<const Device> devices) const {
  auto saved = replace_file(path_, write_devices(devices), FileMode::secret);
  if (!saved) {
    saved.error().what += "; the list of paired devices stays as it was";
  }
  return saved;
}

}  // namespace pf::trust
