// What is read from the bodies of an order's commands, and what is refused in them.
#include <set>

#include "actors/entity/kind.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "tests/entities/work_order_world.hpp"

namespace mf::work_order::test {
namespace {

std::unique_ptr<entity::Kind> order_kind() { return make_work_order_kind({}); }

std::vector<std::string> codes(std::string_view verb, std::string_view body) {
  const auto parsed = order_kind()->parse(verb, body);
  std::vector<std::string> result;
  if (!parsed)
    for (const auto& error : parsed.error()) result.push_back(error.field + " " + error.code);
  return result;
}
using Codes = std::vector<std::string>;

TEST_CASE("order bodies: every wrong field is named at once") {
  CHECK(codes("create", R"({"type":"t","client":"c","site":"s","title":"","priority":5,"x":1})") ==
        Codes{"x unknown_field"});
  CHECK(codes("create", R"({"type":"t","client":"c","site":"s","title":"","priority":5})") ==
        Codes{"title required", "priority out_of_range"});
  CHECK(codes("create", R"({"title":"x"})") ==
        Codes{"type required", "client required", "site required"});
  CHECK(codes("assign", R"({"technician":"tec_1"})") == Codes{"technician malformed"});
  CHECK(codes("assign", R"({"technician":")" + ana.technician + R"(","override":true})") ==
        Codes{"reason required"});
  CHECK(codes("pause", R"({"reason":" "})") == Codes{"reason required"});
  CHECK(codes("pause", R"({"reason":"break"})").empty());
  CHECK(codes("return", R"({"remark":"too short"})") == Codes{"remark too_short"});
  CHECK(codes("return", R"({"remark":"diez letrás"})").empty());
  CHECK(codes("comment", R"({"text":""})") == Codes{"text required"});
  CHECK(codes("comment", "{\"text\":\"" + std::string(2000, 'x') + "\"}").empty());
  CHECK(codes("comment", "{\"text\":\"" + std::string(2001, 'x') + "\"}") ==
        Codes{"text too_long"});
  CHECK(codes("rate", R"({"rating":6})") == Codes{"rating out_of_range"});
  CHECK(codes("arrive", R"({"lat":6.2})") == Codes{"lon required"});
  CHECK(codes("edit", "{}") == Codes{" required"});
  CHECK(codes("edit", R"({"title":null})") == Codes{"title required"});
  CHECK(codes("edit", R"({"description":null})").empty());
  CHECK(codes("reschedule", R"({"windows":[]})") == Codes{"windows required"});
  CHECK(codes("dance", "{}") == Codes{" unknown_verb"});
  CHECK(codes("start", R"({"occurred_at":"2026-11-23T13:00:00Z"})").empty());
}

TEST_CASE("order bodies: windows are kept ascending, and as one where they touch") {
  const auto windows_of = [](const std::string& verb, const std::string& body) {
    const auto parsed = order_kind()->parse(verb, body);
    REQUIRE(parsed);
    return *static_cast<const Command*>(parsed->typed.get());
  };
  const auto h = [](int hour) { return *parse_rfc3339("2026-12-01T00:00:00Z") + hour * 1h; };
  const std::string list =
      R"("windows":[{"from":"2026-12-01T14:00:00Z","to":"2026-12-01T16:00:00Z"},)"
      R"({"from":"2026-12-01T08:00:00Z","to":"2026-12-01T10:00:00Z"},)"
      R"({"from":"2026-12-01T10:00:00Z","to":"2026-12-01T12:00:00Z"}])";
  const std::vector<Window> expected{{h(8), h(12)}, {h(14), h(16)}};
  CHECK(std::get<Triage>(windows_of("triage", "{" + list + "}")).windows == expected);
  CHECK(std::get<Reschedule>(windows_of("reschedule", "{" + list + "}")).windows == expected);
  CHECK(std::get<Edit>(windows_of("edit", "{" + list + "}")).windows.value == expected);
  CHECK(codes("reschedule",
              R"({"windows":[{"from":"2026-12-01T14:00:00Z","to":"2026-12-01T14:00:00Z"}]})") ==
        Codes{"windows.0.to out_of_range"});
}

TEST_CASE("order bodies: what says nothing is not said") {
  for (const auto* blank : {"   ", "\\t\\n", "\\u00a0", "\\u200b"}) {
    const std::string text = std::string("\"") + blank + "\"";
    CHECK(codes("comment", "{\"text\":" + text + "}") == Codes{"text required"});
    CHECK(codes("cancel", "{\"reason\":" + text + "}") == Codes{"reason required"});
    CHECK(codes("assign", "{\"technician\":\"" + ana.technician +
                              "\",\"override\":true,\"reason\":" + text + "}") ==
          Codes{"reason required"});
  }
  const auto body = order_kind()->parse("accept", R"({"justification":"            "})");
  REQUIRE(body);
  CHECK(body->justification.empty());
  CHECK(codes("edit", R"({"title":"Ana\r\nX: 1"})") == Codes{"title malformed"});
  CHECK(codes("comment", R"({"text":"one\r\ntwo"})").empty());
}

TEST_CASE("order bodies: skills may be names alone") {
  const auto body = order_kind()->parse("triage", R"({"skills":["fibre"]})");
  REQUIRE(body);
  const auto& command = std::get<Triage>(*static_cast<const Command*>(body->typed.get()));
  CHECK(command.skills == std::vector<Skill>{{"fibre", 1}});
}

TEST_CASE("order bodies: only a visit's steps are done on somebody's behalf") {
  const auto kind = order_kind();
  const std::set<std::string> steps{"accept", "decline", "depart",    "arrive",   "start",
                                    "pause",  "resume",  "follow_up", "complete", "fail"};
  for (const auto& verb : kind->public_verbs()) {
    INFO(verb.name);
    const auto body = kind->parse(verb.name, "{\"on_behalf_of\":\"" + ana.technician + "\"}");
    const bool is_refused =
        !body && std::ranges::count(body.error(), FieldError{"on_behalf_of", "not_allowed",
                                                             "only steps of a visit are done for "
                                                             "somebody else"_en}) == 1;
    CHECK(is_refused != steps.contains(verb.name));
    const bool is_described = verb.schema.find("on_behalf_of") != std::string::npos;
    CHECK(is_described == steps.contains(verb.name));
  }
}

}  // namespace
}  // namespace mf::work_order::test
