// What every vector kernel includes before its instructions: see vector_passes.h.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/fec/byte_map.h"
#include "core/fec/fec_kernels.h"
#include "core/fec/gf16_subfield.h"
#include "core/fec/gf8.h"

// Loops over rows held in registers must leave no loop behind, at any level of optimisation.
#if defined(__clang__)
#define PF_UNROLL _Pragma("clang loop unroll(full)")
#else
#define PF_UNROLL _Pragma("GCC unroll 32")
#endif
