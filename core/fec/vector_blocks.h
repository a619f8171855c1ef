// Blocks of GF(2^16) out of vectors of 16 or 32 bytes: the first half of them hold the low bytes,
// the second half the high ones. Included by the vector_*.h of narrow instruction sets.

constexpr unsigned kBlockVecs = kFecBlockBytes / kVecBytes;
constexpr unsigned kHalfVecs = kBlockVecs / 2;

struct Block {
  Vec vec[kBlockVecs];
};
struct PreparedBlock {
  Prepared vec[kBlockVecs];
};

PF_VECTOR Block load_block(const std::byte* from) {
  Block block;
  PF_UNROLL for (unsigned i = 0; i < kBlockVecs; ++i) {
    block.vec[i] = load_vec(from + i * kVecBytes);
  }
  return block;
}
PF_VECTOR void store_block(std::byte* to, const Block& block) {
  PF_UNROLL for (unsigned i = 0; i < kBlockVecs; ++i) {
    store_vec(to + i * kVecBytes, block.vec[i]);
  }
}
PF_VECTOR Block zero_block() {
  Block block;
  PF_UNROLL for (unsigned i = 0; i < kBlockVecs; ++i) { block.vec[i] = zero_vec(); }
  return block;
}
PF_VECTOR Block add_blocks(const Block& a, const Block& b) {
  Block sum;
  PF_UNROLL for (unsigned i = 0; i < kBlockVecs; ++i) { sum.vec[i] = add_vecs(a.vec[i], b.vec[i]); }
  return sum;
}
PF_VECTOR Block add_blocks(const Block& a, const Block& b, const Block& c) {
  return add_blocks(add_blocks(a, b), c);
}
PF_VECTOR PreparedBlock prepare_block(const Block& block) {
  PreparedBlock prepared;
  PF_UNROLL for (unsigned i = 0; i < kBlockVecs; ++i) { prepared.vec[i] = prepare(block.vec[i]); }
  return prepared;
}
PF_VECTOR Block apply_to_block(const Map& map, const PreparedBlock& block) {
  Block image;
  PF_UNROLL for (unsigned i = 0; i < kBlockVecs; ++i) {
    image.vec[i] = apply_map(map, block.vec[i]);
  }
  return image;
}

// Between element and row form: low bytes ^= B(high bytes).
PF_VECTOR Block change_basis(Block block, const Map& basis) {
  PF_UNROLL for (unsigned i = 0; i < kHalfVecs; ++i) {
    block.vec[i] = add_vecs(block.vec[i], apply_map(basis, prepare(block.vec[kHalfVecs + i])));
  }
  return block;
}

// The same for a vector of low bytes in memory, the high ones of the elements beside it.
PF_VECTOR Vec load_low_vec(const std::byte* from, const Map& basis) {
  return add_vecs(load_vec(from), apply_map(basis, prepare(load_vec(from + kFecBlockBytes / 2))));
}
PF_VECTOR void store_low_vec(std::byte* to, Vec vec, const Map& basis) {
  store_vec(to, add_vecs(vec, apply_map(basis, prepare(load_vec(to + kFecBlockBytes / 2)))));
}

// d times the block, for d = 0x100: (0x80 hi, lo + hi).
PF_VECTOR Block times_d(const Block& block, const Map& times_80) {
  Block product;
  PF_UNROLL for (unsigned i = 0; i < kHalfVecs; ++i) {
    const Vec low = block.vec[i], high = block.vec[kHalfVecs + i];
    product.vec[i] = apply_map(times_80, prepare(high));
    product.vec[kHalfVecs + i] = add_vecs(low, high);
  }
  return product;
}
