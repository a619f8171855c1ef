#include "host/management/schema_words.h"
#include "host/management/subject.h"

namespace pf::management {
namespace {

using namespace words;

std::vector<Route> library_rows() {
  using enum Need;
  return {
      {.method = "GET",
       .path = "/library",
       .id = "getLibrary",
       .sentence =
           "The games and programs that were found on this machine, the applications of the "
           "configuration, and how each source of them is.",
       .need = device,
       .schema = "Library",
       .requests = {"library"}},
      {.method = "POST",
       .path = "/library/scan",
       .id = "scanLibrary",
       .sentence = "Looks again at all sources; the answer is what is known now.",
       .need = control,
       .schema = "Library",
       .status = 202,
       .requests = {"scan-library"}},
      {.method = "GET",
       .path = "/library/{entry}/art/{kind}",
       .id = "getArt",
       .sentence = "A picture of an entry: its poster, hero or icon. 503 while its source does not "
                   "answer.",
       .need = device,
       .schema = "Picture",
       .own = Own::art,
       .media = "image/*"},
  };
}

Json art() {
  return or_null(object({{"media", one_of_these({"image/png", "image/jpeg", "image/webp"})},
                         {"width", described(whole(), "in pixels")},
                         {"height", whole()},
                         {"size_bytes", whole()},
                         {"tag", described(hex(16), "its ETag, without the quotation marks")}}));
}

Json entry() {
  return object(
      {{"id", described(text(), "SOURCE:KEY, the same for ever; what clients may ask for")},
       {"number", described(whole(), "that GameStream clients know it by")},
       {"title", described(text(), "a stranger's words; no control characters")},
       {"source", text()},
       {"command", list_of(text())},
       {"working_folder", or_null(text())},
       {"installed", described(flag(), "else it cannot be started")},
       {"last_played_s", or_null(seconds_since_1970())},
       {"art", object({{"poster", art()}, {"hero", art()}, {"icon", art()}})}});
}

Json source() {
  return object(
      {{"name", text()},
       {"title", text()},
       {"state",
        described(one_of_these({"off", "scanning", "ready", "absent", "not_answering", "failed"}),
                  "off: library.sources leaves it out; absent: there is no such launcher")},
       {"problem", or_null(described(text(), "of not_answering and failed"))},
       {"notes", described(list_of(text()), "what was left out, and why")},
       {"entries", whole()},
       {"scanned_at_s", or_null(seconds_since_1970())},
       {"took_ms", or_null(whole())}});
}

Json library_schemas() {
  return {{"LibraryEntry", entry()},
          {"LibrarySource", source()},
          {"Library", object({{"scanning", described(flag(), "a source is being read now")},
                              {"sources", list_of(ref("LibrarySource"))},
                              {"entries", list_of(ref("LibraryEntry"))}})},
          {"Picture", described(text(), "the picture's bytes")}};
}

}  // namespace

Subject library_subject() { return {library_rows(), library_schemas()}; }

}  // namespace pf::management
