// What a script calls the keys. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace pf::input_script {

// The Windows virtual-key code of the place that this name has on a US keyboard: "a", "7", "f5",
// "enter", "lshift", "slash"; or the code itself, "0x41". Names in lower case. nullopt: no such
// key.
std::optional<std::uint8_t> key_of_name(std::string_view name) noexcept;

}  // namespace pf::input_script
