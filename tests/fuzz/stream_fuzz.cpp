// Any text as a message on /v1/stream: understood, or refused with a code.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "gateway/ws/message_codec.hpp"
#include "tests/fuzz/kinds.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const mf::gateway::Operations operations(mf::fuzz::kinds());
  const auto message =
      mf::gateway::ws::parse_message({reinterpret_cast<const char*>(data), size}, operations);
  if (!message && message.error().problem.code.empty()) std::abort();
  return 0;
}
