#pragma once
#include <cmath>
#include <cstdint>

namespace mf::planning {

/// The same numbers on every machine for the same seed, which the standard's distributions don't
/// promise. splitmix64 (Steele, Lea, Flood 2014): fast, and good enough for a search.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// Of 0 … n-1; n > 0.
  std::uint32_t below(std::uint32_t n) {
    return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32);
  }
  /// In (0, 1).
  double unit() { return (static_cast<double>(next() >> 12) + 0.5) * 0x1p-52; }

 private:
  std::uint64_t state_;
};

/// Says "overlook this" once in `one_in` times, at random; never with 0. One draw serves until the
/// next time (the gaps are geometric).
class Blinks {
 public:
  Blinks(std::uint32_t one_in, Random& random) : one_in_(one_in), random_(random) { wait(); }

  bool next() {
    if (left_-- > 0) return false;
    if (one_in_ == 0) return false;
    wait();
    return true;
  }

 private:
  void wait() {
    left_ = one_in_ == 0
                ? 0
                : static_cast<std::int64_t>(std::log(random_.unit()) / std::log1p(-1.0 / one_in_));
  }

  std::uint32_t one_in_;
  Random& random_;
  std::int64_t left_ = 0;
};

}  // namespace mf::planning
