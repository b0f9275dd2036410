#include <algorithm>
#include <catch2/catch.hpp>

#include "actors/entity/index_keys.hpp"

namespace mf::views {
using namespace entity;
using namespace shard;
namespace {

using Words = std::vector<std::string>;

TEST_CASE("words: accents and case don't matter") {
  CHECK(fold("Ñuño ÁVILA Pingüino çß Œuvre") == "nuno avila pinguino css oeuvre");
  CHECK(fold("Łódź ŽIŽKA ĳ ſ") == "lodz zizka ij s");
  CHECK(fold("a\u0301 ×") == "a ×");
}

TEST_CASE("words: broken UTF-8 is kept and harms nothing") {
  CHECK(fold("\xC3") == "\xC3");
  CHECK(fold("a\xE1\x41") ==
        "a\xE1"
        "a");
}

TEST_CASE("words: a text is split at everything that is no letter or digit") {
  CHECK(words("¿Router-módem, «sin» señal? Sin") == Words{"router", "modem", "sin", "senal"});
  CHECK(words("  ").empty());
}

TEST_CASE("words: a long word is cut between characters") {
  const auto cut = words("x" + std::string(30, 'y') + "日本");
  CHECK(cut == Words{"x" + std::string(30, 'y')});
}

TEST_CASE("words: a phone is found with and without the country's prefix") {
  CHECK(phone_words("+57 300 123 4567") == Words{"573001234567", "3001234567"});
  CHECK(phone_words("604-5551234") == Words{"6045551234"});
}

TEST_CASE("words: a search finds a code however it is typed") {
  const Words order{code_word("ORD-7K3Q-9F2M-XW"), "router"};
  CHECK(order[0] == "7k3q9f2mxw");
  for (const char* q : {"ORD-7K3Q-9F2M-XW", "ord7k3q", "7k3q-9f", "7K3Q", "ord-7 rout"})
    CHECK(matches(search_terms(q), order));
  for (const char* q : {"9F2M", "ORD-7K3R", "ord-7 modem"})
    CHECK_FALSE(matches(search_terms(q), order));
}

TEST_CASE("words: a number typed in groups finds the phone") {
  const auto phone = phone_words("+57 300 123 4567");
  CHECK(matches(search_terms("300 123"), phone));
  CHECK(matches(search_terms("+57 300"), phone));
  CHECK_FALSE(matches(search_terms("300 124"), phone));
}

TEST_CASE("words: every word of a search must match, each as a prefix") {
  const auto title = words("Instalación de internet");
  CHECK(matches(search_terms("INSTAL inter"), title));
  CHECK_FALSE(matches(search_terms("instal fibra"), title));
  CHECK_FALSE(matches(search_terms("nternet"), title));
}

OrderKeys order_in(std::string_view status, bool is_open, std::string_view technician) {
  return {.status = status,
          .zone = "zon_A",
          .client = "cli_A",
          .technician = technician,
          .priority = 2,
          .is_open = is_open,
          .created_at = from_millis(1000),
          .due = from_millis(9000),
          .code = "ORD-7K3Q-9F2M-XW",
          .title = "Router sin señal"};
}

/// How many entries of a are not in b.
int differing(const std::vector<entity::IndexEntry>& a, const std::vector<entity::IndexEntry>& b) {
  return static_cast<int>(
      std::ranges::count_if(a, [&](const auto& e) { return std::ranges::find(b, e) == b.end(); }));
}

TEST_CASE("index keys: a change of status deletes one key and puts one") {
  const auto before = order_entries(order_in("ASSIGNED", true, "tec_A"));
  const auto after = order_entries(order_in("ACCEPTED", true, "tec_A"));
  CHECK(differing(before, after) == 1);
  CHECK(differing(after, before) == 1);
}

TEST_CASE("index keys: a change of priority leaves the words alone") {
  auto order = order_in("ASSIGNED", true, "tec_A");
  const auto before = order_entries(order);
  order.priority = 1;
  const auto after = order_entries(order);
  // created, status, zone, client, technician, due: another value; priority: another key
  CHECK(differing(after, before) == 7);
  CHECK(differing(before, after) == 7);
}

TEST_CASE("index keys: a closed order leaves the open lists and keeps the others") {
  const auto closed = order_entries(order_in("CLOSED", false, "tec_A"));
  for (const auto& entry : closed) {
    CHECK(entry.index != static_cast<std::uint8_t>(Number::due));
    CHECK(entry.index != static_cast<std::uint8_t>(Number::priority));
  }
  CHECK(closed.size() == 5 + 4);  // created, status, zone, client, technician; code and 3 words
}

TEST_CASE("index keys: a later creation sorts first, an earlier due first, no due last") {
  CHECK(newest_first(from_millis(2000)) < newest_first(from_millis(1000)));
  CHECK(soonest_first(from_millis(1000)) < soonest_first(from_millis(2000)));
  CHECK(soonest_first(from_millis(2000)) < soonest_first(std::nullopt));
}

TEST_CASE("index keys: covering values come back as they were") {
  const Covering full{"zon_A", "cli_A", "tec_A", 2, from_millis(9000)};
  const Covering stable{"zon_A", "cli_A", "", 2, std::nullopt};
  CHECK(decode_covering(encode(full)) == full);
  CHECK(decode_covering(encode(stable)) == stable);
  CHECK(decode_covering(encode(full).substr(0, 20)) == std::nullopt);
}

}  // namespace
}  // namespace mf::views
