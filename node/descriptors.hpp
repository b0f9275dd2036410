#pragma once
#include <cstdint>

namespace mf::node {

/// Raises this process's limit of open files to what the system allows it; gives the limit.
std::uint64_t raise_descriptor_limit();

/// Of `wanted` connections so many that storage and the rest of the process keep their files,
/// whatever strangers hold; at least 16.
[[nodiscard]] int connections_within(std::uint64_t descriptors, int wanted);

}  // namespace mf::node
