// What the helper says, should a stranger's file have got the better of it; and a wish, as it reads
// one.
#include "core/base/check.h"
#include "host/library/helper_words.h"

using namespace pf::library;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto found = parse_found(text);
  if (found) {
    PF_CHECK(found->entries.size() <= kMaxEntries && found->notes.size() <= kMaxNotes);
    for (const Entry& entry : found->entries)
      PF_CHECK(entry.id.size() <= kMaxIdBytes && entry.title.size() <= kMaxTitleBytes);
    const auto again = parse_found(write_found(*found));
    PF_CHECK(again && again->entries.size() == found->entries.size());
  }
  static_cast<void>(parse_picture(text));
  static_cast<void>(parse_wish(text));
  return 0;
}
