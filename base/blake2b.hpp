#pragma once
#include <memory>
#include <string_view>

#include "base/hash.hpp"

namespace mf {

/// blake2b_256() of bytes that come in pieces.
class Blake2b256 {
 public:
  Blake2b256();
  ~Blake2b256();
  void add(std::string_view bytes);
  [[nodiscard]] Hash256 end();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace mf
