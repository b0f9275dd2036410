#include "gateway/live.hpp"

namespace mf::gateway {
namespace {

class Nothing final : public Live {
  void on_batch(const std::shared_ptr<const runtime::CommittedBatch>&) override {}
  void on_board(const std::shared_ptr<const runtime::BoardDelta>&) override {}
  void on_positions(const Id&, std::span<const Position>) override {}
  std::optional<Position> position_of(const Id&) const override { return {}; }
};

}  // namespace

std::unique_ptr<Live> make_live(IoThread&) { return std::make_unique<Nothing>(); }

}  // namespace mf::gateway
