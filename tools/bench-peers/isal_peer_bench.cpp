// ISA-L's GF(2^8) code with its Cauchy matrix, under the contract of README.md. Its decoding is the
// caller's to assemble; as in its own examples the k x k matrix is inverted for every block.
#include <isa-l/erasure_code.h>

#include "tools/bench-peers/workload.h"

namespace pf::bench_peers {
namespace {

struct Code {
  explicit Code(const Shape& shape)
      : k(static_cast<int>(shape.k)),
        m(static_cast<int>(shape.m)),
        matrix((shape.k + shape.m) * shape.k),
        tables(std::size_t{32} * shape.k * shape.m) {
    gf_gen_cauchy1_matrix(matrix.data(), k + m, k);
    ec_init_tables(k, m, matrix.data() + shape.k * shape.k, tables.data());
  }
  int k, m;
  std::vector<unsigned char> matrix;
  std::vector<unsigned char> tables;
};

std::vector<unsigned char*> pointers(unsigned char* base, unsigned count, unsigned bytes) {
  std::vector<unsigned char*> all(count);
  for (unsigned i = 0; i < count; ++i) all[i] = base + std::size_t{i} * bytes;
  return all;
}

// Rebuilds the lost data shards into `rebuilt`, one after the other.
void decode(const Code& code, const Shape& shape, const std::vector<unsigned>& lost,
            const std::vector<unsigned char*>& shards, std::vector<unsigned char*>& rebuilt) {
  const auto k = shape.k;
  std::vector<unsigned char> used_rows(k * k), inverse(k * k), wanted(lost.size() * k);
  std::vector<unsigned char*> used(k);
  unsigned next_parity = k;
  for (unsigned i = 0; i < k; ++i) {
    const bool gone = std::find(lost.begin(), lost.end(), i) != lost.end();
    const unsigned row = gone ? next_parity++ : i;
    std::memcpy(used_rows.data() + i * k, code.matrix.data() + row * k, k);
    used[i] = shards[row];
  }
  if (gf_invert_matrix(used_rows.data(), inverse.data(), code.k) != 0) std::abort();
  for (std::size_t i = 0; i < lost.size(); ++i)
    std::memcpy(wanted.data() + i * k, inverse.data() + lost[i] * k, k);
  std::vector<unsigned char> tables(32 * k * lost.size());
  const int count = static_cast<int>(lost.size());
  ec_init_tables(code.k, count, wanted.data(), tables.data());
  ec_encode_data(static_cast<int>(shape.bytes), code.k, count, tables.data(), used.data(),
                 rebuilt.data());
}

void run(const Shape& shape, double milliseconds) {
  if (shape.op.rfind("gf8", 0) != 0 || shape.k + shape.m > 255) return;
  auto memory = original_data(shape, std::size_t{shape.m} * shape.bytes);
  auto shards = pointers(memory.data(), shape.k + shape.m, shape.bytes);
  Code code(shape);
  const auto encode = [&] {
    ec_encode_data(static_cast<int>(shape.bytes), code.k, code.m, code.tables.data(), shards.data(),
                   shards.data() + shape.k);
  };
  Checksum checksum;
  if (shape.lost == 0) {
    const double ns = time_ns(milliseconds, encode);
    checksum.add(shards[shape.k], std::size_t{shape.m} * shape.bytes);
    return report("isa-l", shape, ns, checksum.value());
  }
  encode();
  std::vector<unsigned> lost;
  for (unsigned i = 0; i < shape.k; ++i) {
    if (is_lost(shape, i)) lost.push_back(i);
  }
  std::vector<unsigned char> out(lost.size() * shape.bytes);
  auto rebuilt = pointers(out.data(), shape.lost, shape.bytes);
  const double ns = time_ns(milliseconds, [&] { decode(code, shape, lost, shards, rebuilt); });
  checksum.add(out.data(), out.size());
  report("isa-l", shape, ns, checksum.value());
}

}  // namespace
}  // namespace pf::bench_peers

int main(int argc, char** argv) {
  return pf::bench_peers::for_each_shape(argc, argv, pf::bench_peers::run);
}
