// Any text as a request body: named errors or a value that writes and reads back as itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/described_json.hpp"

namespace fuzz {

enum class Colour : std::uint8_t { red, green_ };
BOOST_DESCRIBE_ENUM(Colour, red, green_)

struct Part {
  std::string name;
  double weight = 0;
  std::int32_t count = 0;
  bool operator==(const Part&) const = default;
};
BOOST_DESCRIBE_STRUCT(Part, (), (name, weight, count))

struct Body {
  std::string title;
  Colour colour = Colour::red;
  mf::Timestamp from_;
  mf::Duration wait_ms{};
  std::optional<std::uint8_t> level;
  std::vector<Part> parts;
  std::map<std::string, bool> flags;
  mf::Patch<std::string> note;
  mf::Personal<std::string> phone;
  bool operator==(const Body&) const = default;
};
BOOST_DESCRIBE_STRUCT(Body, (), (title, colour, from_, wait_ms, level, parts, flags, note, phone))

}  // namespace fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mf;
  const auto body = json::parse({reinterpret_cast<const char*>(data), size});
  if (!body) return 0;
  const auto value = json::from_request<fuzz::Body>(*body);
  if (!value) return 0;
  const auto text = json::to_text(*value);
  const auto again = json::from_stored<fuzz::Body>(text);
  if (!again || !(*again == *value)) std::abort();
  return 0;
}
