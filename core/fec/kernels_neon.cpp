// The kernels for NEON.
#if defined(__aarch64__)  // an instruction set is a platform of its own

#include <arm_neon.h>

#include "core/fec/vector_kernel.h"

namespace pf::fec {
namespace {

#include "core/fec/vector_neon.h"
// After the vectors it is written in.
#include "core/fec/vector_passes.h"

}  // namespace

extern constinit const FecKernels gf16_neon_kernels = gf16_kernels("neon");
extern constinit const FecKernels gf8_neon_kernels = gf8_kernels("neon");

}  // namespace pf::fec

#endif
