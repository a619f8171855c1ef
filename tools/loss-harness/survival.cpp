#include "tools/loss-harness/survival.h"

#include <cmath>
#include <numeric>
#include <vector>

namespace pf::loss_harness {
namespace {

// How likely every count of losses so far is, up to the largest that can be borne, together with
// the state of the chain after the last packet.
class LossCount {
 public:
  LossCount(const LossModel& model, std::uint32_t max_lost)
      : model_(model), good_(max_lost + 1), bad_(max_lost + 1) {
    good_[0] = 1 - model.loss;
    bad_[0] = model.loss;
  }

  void count_packets(std::uint32_t packets) {
    for (; packets > 0; --packets) {
      for (std::size_t lost = good_.size(); lost-- > 0;) {
        const double arrives = good_[lost] * (1 - model_.to_bad) + bad_[lost] * model_.to_good;
        bad_[lost] =
            lost == 0 ? 0 : good_[lost - 1] * model_.to_bad + bad_[lost - 1] * (1 - model_.to_good);
        good_[lost] = arrives;
      }
    }
  }

  // Packets whose loss does not matter here: the chain forgets its state at a rate of `memory`.
  void pass_packets(std::uint32_t packets) {
    const double memory = std::pow(1 - model_.to_bad - model_.to_good, packets);
    for (std::size_t lost = 0; lost < good_.size(); ++lost) {
      const double both = good_[lost] + bad_[lost];
      bad_[lost] = both * model_.loss * (1 - memory) + bad_[lost] * memory;
      good_[lost] = both - bad_[lost];
    }
  }

  double bearable() const {
    return std::accumulate(bad_.begin(), bad_.end(),
                           std::accumulate(good_.begin(), good_.end(), 0.0));
  }

 private:
  const LossModel model_;
  std::vector<double> good_;  // by packets lost
  std::vector<double> bad_;
};

}  // namespace

double block_survival(const LossModel& model, const BlockOnWire& block) {
  LossCount count(model, block.parity_count);
  count.count_packets(block.data_count);
  count.pass_packets(block.gap_count);
  count.count_packets(block.parity_count);
  return count.bearable();
}

double frame_survival(const LossModel& model, const video::FrameGeometry& geometry) {
  double survival = 1;
  for (std::uint16_t index = 0; index < geometry.block_count(); ++index) {
    const video::BlockShape block = geometry.block(index);
    const std::uint32_t data_after = geometry.data_count() - block.base_shard - block.data_count;
    survival *= block_survival(model, {.data_count = block.data_count,
                                       .gap_count = data_after + block.first_parity,
                                       .parity_count = block.parity_count});
  }
  return survival;
}

}  // namespace pf::loss_harness
