#include "host/encode/faulty_encoder.h"

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

#include "core/runtime/log.h"

namespace pf::encode {
namespace {

// Encoders of several sessions share it, and each may be the last one.
class FaultsLeft {
 public:
  explicit FaultsLeft(const EncoderFaults& faults) : faults_(faults), left_(faults.count) {}
  const EncoderFaults& faults() const noexcept { return faults_; }
  bool take_one() noexcept {
    std::uint32_t left = left_;
    while (left > 0 && !left_.compare_exchange_weak(left, left - 1)) {
    }
    return left > 0;
  }

 private:
  const EncoderFaults faults_;
  std::atomic<std::uint32_t> left_;
};

class FaultyEncoder final : public Encoder {
 public:
  FaultyEncoder(std::unique_ptr<Encoder> real, std::shared_ptr<FaultsLeft> faults) noexcept
      : real_(std::move(real)), faults_(std::move(faults)) {}

  const StreamParameters& parameters() const noexcept override { return real_->parameters(); }
  Result<void> encode(capture::RawFrame frame, const FrameDirective& directive,
                      PartSink& sink) override {
    PF_TRY_VOID(break_if_due());
    return real_->encode(std::move(frame), directive, sink);
  }
  Result<void> encode_again(const FrameDirective& directive, PartSink& sink) override {
    PF_TRY_VOID(break_if_due());
    return real_->encode_again(directive, sink);
  }
  EncodeCost last_cost() const noexcept override { return real_->last_cost(); }

 private:
  Result<void> break_if_due() {
    const EncoderFaults& faults = faults_->faults();
    if (pictures_++ < faults.lifetime_pictures || !faults_->take_one()) return {};
    if (faults.stall == Nanos(0)) {
      return fail(ErrorKind::lost,
                  "the encoder broke after {} pictures, as debug.encoder_failures "
                  "wants it",
                  faults.lifetime_pictures);
    }
    log::warning("encoder", "stalls, as debug.encoder_stall_ms wants it");
    std::this_thread::sleep_for(faults.stall);
    pictures_ = 0;
    return {};
  }

  const std::unique_ptr<Encoder> real_;
  const std::shared_ptr<FaultsLeft> faults_;
  std::uint32_t pictures_ = 0;
};

}  // namespace

EncoderBackend with_faults(EncoderBackend backend, const EncoderFaults& faults) {
  backend.open = [open = std::move(backend.open), left = std::make_shared<FaultsLeft>(faults)](
                     const EncodeRequest& request,
                     const Clock& clock) -> Result<std::unique_ptr<Encoder>> {
    PF_TRY(auto real, open(request, clock));
    return std::make_unique<FaultyEncoder>(std::move(real), left);
  };
  return backend;
}

}  // namespace pf::encode
