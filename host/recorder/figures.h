// A recording in few numbers: for each second, or longer where there are many, how many pictures,
// how much of the line, and how long each stage took. What a page draws. Pure.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "host/recorder/recording.h"

namespace pf::recorder {

struct Spread {
  std::uint32_t p50_us = 0, p95_us = 0, p99_us = 0;
  bool operator==(const Spread&) const = default;
};

struct Figures {
  LocalTime from;
  Nanos span{0};
  std::uint32_t frames = 0;  // sent
  std::uint32_t lost = 0;    // of them by the network, as far as the client tells
  std::uint32_t hitches = 0;
  std::uint32_t rate_kbps = 0;            // of access units
  std::uint32_t asked_kbps = 0;           // of the encoder, at the end
  std::optional<std::uint32_t> loss_ppm;  // the worst that the client reported
  // How long pictures spent in each stage; empty: nobody tells. Never one for the game.
  std::array<std::optional<Spread>, kStageCount> stages{};
  std::optional<Spread> total;  // from the beginning to the furthest stage that is known
};

// At most `most`, each of whole seconds. The last may not be full yet.
std::vector<Figures> figures_of(const Recording& recording, std::size_t most);

// Beside each other under "samples".
nlohmann::ordered_json figures_json(const Recording& recording, std::size_t most);

}  // namespace pf::recorder
