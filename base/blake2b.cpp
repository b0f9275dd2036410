#include "base/blake2b.hpp"

#include <sodium.h>

namespace mf {

struct Blake2b256::State {
  crypto_generichash_state hash;
};

Blake2b256::Blake2b256() : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->hash, nullptr, 0, sizeof(Hash256::bytes));
}
Blake2b256::~Blake2b256() = default;

void Blake2b256::add(std::string_view bytes) {
  crypto_generichash_update(&state_->hash, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

Hash256 Blake2b256::end() {
  Hash256 hash;
  crypto_generichash_final(&state_->hash, hash.bytes.data(), hash.bytes.size());
  return hash;
}

}  // namespace mf
