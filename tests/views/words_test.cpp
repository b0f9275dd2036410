#include <algorithm>
#include <catch2/catch.hpp>
#include <string_view>

#include "actors/entity/index_keys.hpp"

namespace mf::views {
using namespace entity;
using namespace shard;
namespace {

using Words = std::vector<std::string>;

TEST_CASE("words: a text is split at everything that is no letter or digit") {
  CHECK(words("¿Router; módem, «sin» señal? Sin") == Words{"router", "modem", "sin", "senal"});
  CHECK(words("  ").empty());
}

TEST_CASE("words: what punctuation divides is found joined, too, however it is typed") {
  CHECK(words("D'Angelo") == Words{"d", "angelo", "dangelo"});
  const auto finds = [](std::string_view stored, std::string_view asked) {
    return matches(search_terms(asked), words(stored));
  };
  for (const char* q : {"dangelo", "d'angelo", "d’angelo", "D Angelo", "DANG"})
    for (const char* stored : {"Rosa D'Angelo", "Rosa D’Angelo"}) CHECK(finds(stored, q));
  CHECK(finds("Dangelo", "d'angelo"));
  CHECK(finds("Pérez-Gómez S.A.S.", "perezgomez sas"));
  CHECK(finds("AT&T", "att"));
  for (const char* stored : {"Sin Wi-Fi", "Sin wifi", "Sin Wi Fi"})
    for (const char* q : {"wifi", "wi-fi", "wi fi", "WI–FI"}) {
      if (stored == std::string_view("Sin Wi Fi") && q == std::string_view("wifi")) continue;
      INFO(stored << " / " << q);
      CHECK(finds(stored, q));
    }
  CHECK(finds("Revisar TV-Box", "tvbox"));
  CHECK_FALSE(finds("Rosa D'Angelo", "dangela"));
}

TEST_CASE("words: an address is found by its abbreviations and by its full words") {
  const auto finds = [](std::string_view stored, std::string_view asked) {
    return matches(search_terms(asked), words(stored));
  };
  for (const char* stored : {"Cra 45 # 12-34 Apto 301", "Carrera 45 #12-34 Apartamento 301",
                             "KR 45 12 34 AP 301", "Cra. 45 No. 12–34, apto. 301"})
    for (const char* q : {"carrera 45", "cra 45", "kr 45", "cr. 45", "carr 45", "apto 301",
                          "apartamento 301", "45 12-34", "kra 45 # 12 - 34"}) {
      INFO(stored << " / " << q);
      CHECK(finds(stored, q));
    }
  for (const char* stored : {"Calle 9A-Sur #11-111", "Cl 9 A Sur 11-111", "CLL 9A Sur # 11-111"})
    for (const char* q : {"cl 9a sur 11-111", "calle 9 a sur", "calle 9a"}) {
      INFO(stored << " / " << q);
      CHECK(finds(stored, q));
    }
  CHECK(finds("Calle 9A-Sur #11-111", "9asur"));
  CHECK_FALSE(finds("Cra 45 # 12-34", "calle 45"));
}

TEST_CASE("words: a document's number is found in any notation") {
  const auto finds = [](std::string_view stored, std::string_view asked) {
    return matches(search_terms(asked), words(stored));
  };
  for (const char* stored :
       {"1.037.654.321", "1,037,654,321", "1'037.654.321", "1037654321", "１０３７６５４３２１"})
    for (const char* q : {"1037654321", "1037654", "1.037.654.321", "1 037 654 321"}) {
      if (std::string_view(stored).find(',') != std::string_view::npos) continue;
      INFO(stored << " / " << q);
      CHECK(finds(stored, q));
    }
  for (const char* q : {"900123456", "9001234567", "900123456-7", "900.123.456-7"})
    CHECK(finds("900.123.456-7", q));
}

TEST_CASE("words: a long word is cut between characters") {
  const auto cut = words("x" + std::string(30, 'y') + "日本");
  CHECK(cut == Words{"x" + std::string(30, 'y')});
}

TEST_CASE("words: a phone is found with and without the country's prefix") {
  CHECK(phone_words("+57 300 123 4567") == Words{"573001234567", "3001234567", "1234567"});
  CHECK(phone_words("604-5551234") == Words{"6045551234", "576045551234", "5551234"});
  for (const char* stored : {"300 765 4321", "+57 300 765 4321", "0057 300 765 4321"})
    for (const char* q : {"+57 300 765 4321", "573007654321", "+573007654321", "0057 300 765 4321",
                          "765 4321", "3007654321", "(300) 765-4321", "300 765"}) {
      INFO(stored << " / " << q);
      CHECK(matches(search_terms(q), phone_words(stored)));
    }
}

TEST_CASE("words: a search finds a code however it is typed") {
  const Words order{code_word("ORD-7K3Q-9F2M-XW"), "router"};
  CHECK(order[0] == "7k3q9f2mxw");
  for (const char* q : {"ORD-7K3Q-9F2M-XW", "ord7k3q", "7k3q-9f", "7K3Q", "ord-7 rout",
                        "ORD 7K3Q 9F2M XW", "ORD–7K3Q–9F2M–XW", "ord 7k3q"})
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

TEST_CASE("index keys: a change of priority costs two keys, and one more for its due time") {
  auto order = order_in("ASSIGNED", true, "tec_A");
  const auto before = order_entries(order);
  order.priority = 1;
  const auto after = order_entries(order);
  // status: another value; priority: another key
  CHECK(differing(after, before) == 2);
  order.due = from_millis(5000);
  CHECK(differing(order_entries(order), before) == 3);
}

TEST_CASE("index keys: a closed order leaves the open lists and keeps the others") {
  const auto closed = order_entries(order_in("CLOSED", false, "tec_A"));
  for (const auto& entry : closed) {
    CHECK(entry.index != static_cast<std::uint8_t>(Number::due));
    CHECK(entry.index != static_cast<std::uint8_t>(Number::priority));
  }
  // created, status, zone, client, technician; words: code, client, technician, 3 of the title
  CHECK(closed.size() == 5 + 6);
}

TEST_CASE("index keys: an order is found by description, tags and what it refers to") {
  auto order = order_in("ASSIGNED", true, "tec_A");
  const std::vector<std::string> tags{"VIP-antena"};
  order.description = "Router parpadea naranja";
  order.type = "typ_A";
  order.tags = tags;
  std::vector<std::string> found_by;
  for (const auto& entry : order_entries(order))
    if (entry.index == static_cast<std::uint8_t>(Number::word))
      found_by.push_back(entry.key.substr(0, entry.key.find('\0')));
  for (const char* word :
       {"naranja", "#vip", "#antena", "#vipantena", "=typ_A", "=tec_A", "=cli_A"})
    CHECK(std::ranges::count(found_by, word) == 1);
}

TEST_CASE("index keys: of a long text the first words are kept") {
  auto order = order_in("NEW", true, "");
  std::string description;
  for (int i = 0; i < 200; ++i) description += "w" + std::to_string(i) + " ";
  order.description = description;
  const auto entries = order_entries(order);
  const auto count = std::ranges::count(entries, static_cast<std::uint8_t>(Number::word),
                                        &entity::IndexEntry::index);
  CHECK(count == static_cast<std::ptrdiff_t>(words_per_entity_max));
  CHECK(std::ranges::any_of(entries, [](const auto& e) { return e.key.starts_with("w0"); }));
  CHECK(std::ranges::any_of(entries, [](const auto& e) { return e.key.starts_with("senal"); }));
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
