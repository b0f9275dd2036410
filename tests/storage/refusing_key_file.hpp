#pragma once
// A disk that refuses what the file of keys of persons asks of it, and counts what it takes.
#include <cstdint>

namespace mf::test {

/// While it lives. One at a time; any thread may write meanwhile.
class RefusingKeyFile {
 public:
  enum class Call : std::uint8_t { none, write, sync };
  /// The next call of this kind fails with this errno, and no later one.
  RefusingKeyFile(Call call, int error);
  ~RefusingKeyFile();
  RefusingKeyFile(const RefusingKeyFile&) = delete;
  /// Writes of the file that succeeded.
  [[nodiscard]] static int writes();
};

}  // namespace mf::test
