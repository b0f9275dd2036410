// Any text as a configuration file: refused with a message or read, and what is read can be
// printed.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/keys.hpp"
#include "config/load.hpp"
#include "config/toml_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mf::config;
  const auto entries = read_toml({reinterpret_cast<const char*>(data), size}, "fuzz.toml");
  if (!entries) return 0;
  Resolved resolved;
  for (const auto& key : keys()) resolved.origins.emplace(key.name, "default");
  for (const auto& entry : *entries)
    if (const auto* key = find_key(entry.key)) (void)assign(*key, resolved.config, entry.value);
  const auto again = read_toml(print(resolved), "printed.toml");
  if (!again || again->size() != keys().size()) std::abort();
  for (const auto& entry : *again)
    if (assign(*find_key(entry.key), resolved.config, entry.value)) std::abort();
  return 0;
}
