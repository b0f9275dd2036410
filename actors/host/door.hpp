#pragma once
// A bound in number and in bytes: what was let in counts until it is done.
#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

namespace mf::host {

/// Thread-safe.
class Door {
 public:
  Door(std::uint64_t count_max, std::uint64_t bytes_max)
      : count_max_(count_max), bytes_max_(bytes_max) {}
  Door(const Door&) = delete;

  /// False, and nothing counts, when there is no room. Else leave(bytes) must follow.
  [[nodiscard]] bool enter(std::uint64_t bytes) {
    const bool fits = count_.fetch_add(1) < count_max_;
    if (bytes_.fetch_add(bytes) + bytes <= bytes_max_ && fits) return true;
    leave(bytes);
    return false;
  }
  void leave(std::uint64_t bytes) {
    bytes_.fetch_sub(bytes);
    count_.fetch_sub(1);
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  /// What leaves when it goes, wherever that is.
  class Pass {
   public:
    Pass() = default;
    Pass(Door& door, std::uint64_t bytes) : door_(&door), bytes_(bytes) {}
    Pass(Pass&& other) noexcept
        : door_(std::exchange(other.door_, nullptr)), bytes_(other.bytes_) {}
    Pass& operator=(Pass&& other) noexcept {
      std::swap(door_, other.door_);
      std::swap(bytes_, other.bytes_);
      return *this;
    }
    ~Pass() {
      if (door_) door_->leave(bytes_);
    }

   private:
    Door* door_ = nullptr;
    std::uint64_t bytes_ = 0;
  };
  [[nodiscard]] std::optional<Pass> pass(std::uint64_t bytes) {
    if (!enter(bytes)) return {};
    return Pass(*this, bytes);
  }

 private:
  const std::uint64_t count_max_, bytes_max_;
  std::atomic<std::uint64_t> count_{0}, bytes_{0};
};

}  // namespace mf::host
