#include "host/library/source.h"

#include "core/message/text.h"

namespace pf::library {

void Found::note(std::string_view sentence) {
  constexpr std::size_t kMaxNoteBytes = 300;  // a path and a reason
  if (notes.size() < kMaxNotes) notes.push_back(message::printable(sentence, kMaxNoteBytes));
}

}  // namespace pf::library
