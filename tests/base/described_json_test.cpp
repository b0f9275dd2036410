#include "base/described_schema.hpp"
#include "base/json.hpp"

#include <catch2/catch.hpp>

namespace sample {

enum class Colour : std::uint8_t { red, operator_ };
BOOST_DESCRIBE_ENUM(Colour, red, operator_)

struct Window {
  mf::Timestamp from_, to;
};
BOOST_DESCRIBE_STRUCT(Window, (), (from_, to))

struct Order {
  std::string title;
  std::int32_t priority = 0;
  std::optional<std::string> note;
  std::vector<Window> windows;
  std::map<std::string, std::uint8_t> counts;
  bool urgent = false;
};
BOOST_DESCRIBE_STRUCT(Order, (), (title, priority, note, windows, counts, urgent))

struct Mixed {
  Colour colour = Colour::red;
  mf::Duration wait_ms{};
  double weight = 0;
};
BOOST_DESCRIBE_STRUCT(Mixed, (), (colour, wait_ms, weight))

struct Edit {
  mf::Patch<std::string> title;
  mf::Patch<std::int32_t> priority;
};
BOOST_DESCRIBE_STRUCT(Edit, (), (title, priority))

struct Person {
  std::string id;
  mf::Personal<std::string> name;
};
BOOST_DESCRIBE_STRUCT(Person, (), (id, name))

struct Shelf {
  std::string place;
  std::vector<std::string> books, guests;
  bool is_open = false;
};
BOOST_DESCRIBE_STRUCT(Shelf, (), (place, books, guests, is_open))
constexpr auto always_written(const Shelf*) { return std::array{"books"}; }
constexpr auto notes_on(const Shelf*) {
  return std::array{mf::json::Note{"place", "Where it stands."}};
}
struct Library : Shelf {
  std::optional<std::string> note;
  Mixed mixed;
};
BOOST_DESCRIBE_STRUCT(Library, (Shelf), (note, mixed))

}  // namespace sample

using namespace mf;
using namespace sample;

namespace {

/// The errors of a request as "field code", or "" when it is fine.
template <class T>
std::string errors_of(const std::string& text) {
  const auto body = json::parse(text);
  REQUIRE(body);
  const auto value = json::from_request<T>(*body);
  std::string all;
  if (!value)
    for (const auto& e : value.error()) all += (all.empty() ? "" : ", ") + e.field + " " + e.code;
  return all;
}

template <class T>
T read(const std::string& text) {
  auto value = json::from_request<T>(*json::parse(text));
  REQUIRE(value);
  return *value;
}

/// "Encrypts" by reversing; forgets when the key is gone.
class ReversingCipher final : public PersonalCipher {
 public:
  explicit ReversingCipher(bool has_key) : has_key_(has_key) {}
  std::string seal(std::string_view plain) const override { return {plain.rbegin(), plain.rend()}; }
  std::optional<std::string> open(std::string_view sealed) const override {
    if (!has_key_) return {};
    return seal(sealed);
  }

 private:
  bool has_key_;
};

}  // namespace

TEST_CASE("json: members are written in order, empty optionals and lists not at all") {
  CHECK(json::to_text(Order{.title = "a", .priority = -1}) ==
        R"({"title":"a","priority":-1,"urgent":false})");
  CHECK(
      json::to_text(Order{.title = "a", .note = "", .windows = {Window{}}, .counts = {{"k", 9}}}) ==
      R"({"title":"a","priority":0,"note":"","windows":[{"from":"1970-01-01T00:00:00.000Z",)"
      R"("to":"1970-01-01T00:00:00.000Z"}],"counts":{"k":9},"urgent":false})");
}

TEST_CASE("json: a trailing underscore of a member or enumerator is not on the wire") {
  CHECK(
      json::to_text(Mixed{.colour = Colour::operator_, .wait_ms = Duration{1500}, .weight = 0.1}) ==
      R"({"colour":"operator","wait_ms":1500,"weight":0.1})");
  CHECK(read<Mixed>(R"({"colour":"operator","wait_ms":1,"weight":2})").colour == Colour::operator_);
}

TEST_CASE("json: text is escaped as JSON demands and otherwise kept as UTF-8") {
  CHECK(json::to_text(std::string("\"\\\n\r\t\x01 señal/")) == R"("\"\\\n\r\t\u0001 señal/")");
}

TEST_CASE("json: a missing member is an error unless it may be absent") {
  CHECK(errors_of<Order>(R"({})") == "title required, priority required");
  CHECK(errors_of<Order>(R"({"title":"a","priority":1})") == "");
}

TEST_CASE("json: an unknown field is named with its path") {
  CHECK(errors_of<Order>(R"({"title":"a","priority":1,"prioridad":2})") ==
        "prioridad unknown_field");
  CHECK(errors_of<Order>(R"({"title":"a","priority":1,"windows":[{"from":"2026-01-01T00:00:00Z",)"
                         R"("to":"2026-01-01T00:00:00Z","x":1}]})") == "windows.0.x unknown_field");
  CHECK(errors_of<Order>(R"({"title":"a","priority":1,"from_":1})") == "from_ unknown_field");
}

TEST_CASE("json: all wrong fields are reported at once, each with its code") {
  CHECK(
      errors_of<Order>(
          R"({"title":1,"priority":"x","windows":[{"from":"soon"}],"counts":{"k":256},"urgent":0})") ==
      "title wrong_type, priority wrong_type, windows.0.from malformed, windows.0.to required, "
      "counts.k out_of_range, urgent wrong_type");
}

TEST_CASE("json: numbers that do not fit, or are not whole, are refused") {
  CHECK(errors_of<Order>(R"({"title":"a","priority":2147483648})") == "priority out_of_range");
  CHECK(errors_of<Order>(R"({"title":"a","priority":18446744073709551615})") ==
        "priority out_of_range");
  CHECK(errors_of<Order>(R"({"title":"a","priority":1.0})") == "priority wrong_type");
  CHECK(errors_of<Order>(R"({"title":"a","priority":1,"counts":{"k":-1}})") ==
        "counts.k out_of_range");
}

TEST_CASE("json: an unknown enum value is refused and the choices named") {
  const auto value =
      json::from_request<Mixed>(*json::parse(R"({"colour":"blue","wait_ms":0,"weight":0})"));
  REQUIRE_FALSE(value);
  CHECK(value.error()[0].code == "unknown_value");
  CHECK(value.error()[0].detail.in_english() == "must be one of red, operator");
}

TEST_CASE("json: a body that is no object is refused as a whole") {
  CHECK(errors_of<Order>("[]") == " wrong_type");
  CHECK(errors_of<Order>("null") == " wrong_type");
}

TEST_CASE("json: lists and texts from strangers are bounded") {
  std::string list = R"({"title":"a","priority":1,"windows":[0)";
  for (int i = 0; i < 256; ++i) list += ",0";
  CHECK(errors_of<Order>(list + "]}") == "windows too_long");
  CHECK(errors_of<Order>(R"({"priority":1,"title":")" + std::string(4001, 'a') + "\"}") ==
        "title too_long");
  CHECK(errors_of<Order>(R"({"priority":1,"title":")" + std::string(4000, 'a') + "\"}") == "");
  std::string wide;
  for (int i = 0; i < 4000; ++i) wide += "😀";
  CHECK(errors_of<Order>(R"({"priority":1,"title":")" + wide + "\"}") == "");
  CHECK(errors_of<Order>(R"({"priority":1,"title":")" + wide + "a\"}") == "title too_long");
}

TEST_CASE("json: a body nests 32 levels at most and must be valid JSON and UTF-8") {
  const auto nested = [](int depth) {
    return std::string(std::size_t(depth), '[') + std::string(std::size_t(depth), ']');
  };
  CHECK(json::parse(nested(32)).has_value());
  CHECK(json::parse(nested(33)).error().code == "too_deep");
  CHECK(json::parse(nested(100'000)).error().code == "too_deep");
  CHECK(json::parse("{").error().code == "malformed");
  CHECK(json::parse("").error().code == "malformed");
  CHECK(json::parse("{} {}").error().code == "malformed");
  CHECK(json::parse("\"\xff\"").error().code == "malformed");
}

TEST_CASE("json: a patch keeps what is absent, removes null and replaces the rest") {
  const auto edit = read<Edit>(R"({"title":null})");
  CHECK(edit.title.is_removal());
  CHECK(edit.priority.is_kept());
  CHECK(json::to_text(edit) == R"({"title":null})");
  std::string title = "old";
  edit.title.apply_to(title);
  CHECK(title.empty());
  CHECK(read<Edit>(R"({"priority":3})").priority.value == 3);
  CHECK(errors_of<Edit>(R"({"priority":"x"})") == "priority wrong_type");
}

TEST_CASE("json: stored text may lack members and hold unknown ones, but nothing malformed") {
  const auto old = json::from_stored<Order>(R"({"title":"a","later_field":{"x":1}})");
  REQUIRE(old);
  CHECK(old->title == "a");
  CHECK(old->priority == 0);
  CHECK(json::from_stored<Order>(R"({"title":1})").error().code == ErrorCode::corrupt);
  CHECK(json::from_stored<Order>(R"({"title":)").error().code == ErrorCode::corrupt);
}

TEST_CASE("json: personal fields are sealed with the person's key and vanish with it") {
  const ReversingCipher key(true), erased(false);
  const Person ana{.id = "cli_1", .name = {"Ana"}};
  const auto stored = json::to_text(ana, &key);
  CHECK(stored == R"({"id":"cli_1","name":{"sealed":"\"anA\""}})");
  CHECK(json::from_stored<Person>(stored, &key)->name.value == "Ana");
  const auto gone = json::from_stored<Person>(stored, &erased);
  REQUIRE(gone);
  CHECK_FALSE(gone->name.value.has_value());
  CHECK(json::to_text(ana) == R"({"id":"cli_1","name":"Ana"})");
}

TEST_CASE("json: a stranger can't pass off sealed bytes as a name") {
  CHECK(errors_of<Person>(R"({"id":"cli_1","name":{"sealed":"x"}})") == "name wrong_type");
}

TEST_CASE("json: a list that readers count on is written also when it is empty") {
  CHECK(json::to_text(Shelf{}) == R"({"place":"","books":[],"is_open":false})");
  CHECK(json::to_text(Library{}).starts_with(R"({"place":"","books":[],"is_open":false,)"));
}

TEST_CASE("json: an answer's schema requires exactly what is written always") {
  const auto schema = json::schema<Library, json::Way::written>();
  CHECK(to_text(schema["required"]) == R"(["place","books","is_open","mixed"])");
  CHECK(to_text(schema["properties"]["mixed"]["required"]) == R"(["colour","wait_ms","weight"])");
  CHECK(to_text(json::schema<Edit, json::Way::written>()["required"]) == "null");
  CHECK(to_text(json::schema<Person, json::Way::written>()["required"]) == R"(["id"])");
}

TEST_CASE("json: an answer's schema leaves later versions room, and sets texts no bound") {
  const auto schema = json::schema<Library, json::Way::written>();
  CHECK_FALSE(schema.contains("additionalProperties"));
  CHECK(to_text(schema["properties"]["note"]) == R"({"type":"string"})");
}

TEST_CASE("json: a note on a member is its description, also where it is inherited") {
  for (const auto& schema : {json::schema<Shelf>(), json::schema<Library, json::Way::written>()}) {
    CHECK(schema["properties"]["place"]["description"] == "Where it stands.");
    CHECK_FALSE(schema["properties"]["books"].contains("description"));
  }
}

TEST_CASE("json: of structs shown as one object, the last one's member of a name counts") {
  const auto both = json::shown<Person, Library, Order>(Shown::Use::view, "Both", "to all");
  CHECK(both.name == "Both");
  CHECK(both.note == "to all");
  const auto schema = parse_ordered_json(both.schema);
  CHECK(schema["properties"].size() == 12);
  CHECK(to_text(schema["required"]) ==
        R"(["id","place","books","is_open","mixed","title","priority","urgent"])");
}

TEST_CASE("json: the schema lists what is required and allows nothing else") {
  const auto schema = json::schema<Order>();
  CHECK(to_text(schema["required"]) == R"(["title","priority"])");
  CHECK(schema["additionalProperties"] == false);
  CHECK(schema["properties"]["windows"]["items"]["properties"]["from"]["format"] == "date-time");
  CHECK(to_text(json::schema<Mixed>()["properties"]["colour"]["enum"]) == R"(["red","operator"])");
}
