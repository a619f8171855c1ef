// A damaged or foreign file in the folder of recordings: whatever can be read can also be judged,
// drawn and written again, and stays what it is.
#include <cstddef>
#include <cstdint>

#include <nlohmann/json.hpp>

#include "core/base/check.h"
#include "host/recorder/figures.h"
#include "host/recorder/perfetto.h"
#include "host/recorder/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pf::recorder;
  using Json = nlohmann::ordered_json;
  const auto read = parse_recording(Json::parse(data, data + size, nullptr, false));
  if (!read) return 0;
  (void)HitchFinder().find(read->rows);
  (void)to_perfetto(*read);
  (void)figures_of(*read, 200);
  PF_CHECK(parse_recording(to_json(*read)).has_value());
  return 0;
}
