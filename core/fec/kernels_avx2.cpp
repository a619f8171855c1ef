// The kernels for AVX2.
#if defined(__x86_64__)  // an instruction set is a platform of its own

#include <immintrin.h>

#include "core/fec/vector_kernel.h"

namespace pf::fec {
namespace {

#include "core/fec/vector_avx2.h"
// After the vectors it is written in.
#include "core/fec/vector_passes.h"

}  // namespace

extern constinit const FecKernels gf16_avx2_kernels = gf16_kernels("avx2");
extern constinit const FecKernels gf8_avx2_kernels = gf8_kernels("avx2");

}  // namespace pf::fec

#endif
