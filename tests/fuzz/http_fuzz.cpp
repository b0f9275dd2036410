// Any bytes on a connection, in pieces of any size: requests, or one refusal; the same ones however
// the bytes were cut.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/http/request_reader.hpp"

namespace {

using mf::gateway::http::RequestReader;

/// What a reader made of the bytes: a line per request, and how it ended.
std::string read_all(std::string_view bytes, std::size_t piece) {
  RequestReader reader;
  std::string story;
  auto state = reader.advance();
  while (true) {
    using State = RequestReader::State;
    if (state == State::failed)
      return story + "failed " + reader.failure().code + ' ' + std::string(reader.request().origin);
    if (state == State::decide) {
      state = reader.read_body();
    } else if (state == State::whole) {
      const auto& request = reader.request();
      if (request.path.empty() || request.body.size() != request.content_length) std::abort();
      story += std::string(to_string(request.method)) + ' ' + std::string(request.path) + ' ' +
               std::string(request.body) + '\n';
      state = reader.next();
    } else {
      if (bytes.empty()) return story;
      const auto room = reader.room();
      if (room.empty()) std::abort();
      const auto size = std::min({room.size(), bytes.size(), piece});
      std::copy_n(bytes.begin(), size, room.begin());
      bytes.remove_prefix(size);
      reader.received(size);
      state = reader.advance();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (read_all(bytes, data[0] % 7 + 1) != read_all(bytes, 64 * 1024)) std::abort();
  return 0;
}
