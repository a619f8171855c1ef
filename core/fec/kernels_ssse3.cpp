// The kernels for SSSE3.
#if defined(__x86_64__)  // an instruction set is a platform of its own

#include <immintrin.h>

#include "core/fec/vector_kernel.h"

namespace pf::fec {
namespace {

#include "core/fec/vector_ssse3.h"
// After the vectors it is written in.
#include "core/fec/vector_passes.h"

}  // namespace

extern constinit const FecKernels gf16_ssse3_kernels = gf16_kernels("ssse3");
extern constinit const FecKernels gf8_ssse3_kernels = gf8_kernels("ssse3");

}  // namespace pf::fec

#endif
