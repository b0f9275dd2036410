#pragma once
#include <string>
#include <string_view>

#include "base/hash.hpp"

namespace mf {

/// Ids of entities and their parts: "<prefix>_" + 26 characters of Crockford base32 (128 bits),
/// e.g. ord_, tec_, cli_, sit_, ast_, vis_, acc_, ses_, cmt_. They carry no order in time.
using Id = std::string;

[[nodiscard]] std::string crockford_base32(std::string_view bytes);

[[nodiscard]] Id random_id(std::string_view prefix);
/// The id that a retried create finds again: prefix + base32(BLAKE2b-128(principal, operation,
/// key)).
[[nodiscard]] Id derive_id(std::string_view prefix, std::string_view principal,
                           std::string_view operation, std::string_view key);
/// True for "<prefix>_" followed by 26 characters of the alphabet (upper case, as we write them).
[[nodiscard]] bool is_id(std::string_view prefix, std::string_view text);
/// The same as a regular expression, for documents: "^ord_[0-9…]{26}$".
[[nodiscard]] std::string id_pattern(std::string_view prefix);

/// The short code people say on the phone, ten characters derived from the id: ORD-7K3Q-9F2M-XW.
[[nodiscard]] std::string order_code(std::string_view order_id);

}  // namespace mf
