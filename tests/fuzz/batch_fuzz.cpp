// Any bytes as a journal record: refused as corrupt or unsupported, or exactly what we would write.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "storage/batch.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mf::storage;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto batch = decode_batch(bytes); batch && encode(*batch) != bytes) std::abort();
  return 0;
}
