#include "tests/planning/road.hpp"

#include <cmath>

namespace mf::planning {
namespace {

class Road final : public Travel {
 public:
  Road(std::vector<double> at, Seconds seconds, double metres)
      : at_(std::move(at)), seconds_(seconds), metres_(metres) {}
  Leg leg(std::size_t from, std::size_t to) const override {
    const double way = std::abs(at_[from] - at_[to]);
    return {seconds_ * way, metres_ * way};
  }
  std::size_t size() const override { return at_.size(); }

 private:
  std::vector<double> at_;
  Seconds seconds_;
  double metres_;
};

}  // namespace

std::shared_ptr<const Travel> road(std::vector<double> at, Seconds seconds, double metres) {
  return std::make_shared<Road>(std::move(at), seconds, metres);
}

}  // namespace mf::planning
