// Links by name, for judging what answers to them: the rate controller above all. What the numbers
// stand for is said beside each; they are models, not recordings.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/link.h"

namespace pf::sim {

struct LinkModel {
  std::string_view name;
  std::string_view what;  // one sentence
  LinkFaults down;        // host → client, where the media go
  LinkFaults up;
};

std::span<const LinkModel> link_models();

// nullptr: no link has this name.
const LinkModel* find_link_model(std::string_view name);

}  // namespace pf::sim
