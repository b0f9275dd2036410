#pragma once
#include <optional>
#include <utility>

namespace mf {

/// One member of a merge-patch (RFC 7396): absent keeps what is there, null removes it, anything
/// else replaces it as a whole. The same type serves the command and the event it becomes.
template <class T>
struct Patch {
  enum class Op : unsigned char { keep, remove, set };
  Op op = Op::keep;
  T value{};  ///< of `set`

  Patch() = default;
  Patch(T v) : op(Op::set), value(std::move(v)) {}
  [[nodiscard]] static Patch removal() {
    Patch patch;
    patch.op = Op::remove;
    return patch;
  }
  [[nodiscard]] bool is_kept() const { return op == Op::keep; }
  [[nodiscard]] bool is_removal() const { return op == Op::remove; }
  [[nodiscard]] bool is_set() const { return op == Op::set; }

  /// Removing gives a default-made value: empty text, list or optional.
  template <class U>
  void apply_to(U& target) const {
    if (is_set()) target = value;
    if (is_removal()) target = U{};
  }
  bool operator==(const Patch&) const = default;
};

}  // namespace mf
