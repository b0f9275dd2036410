#include <algorithm>
#include <catch2/catch.hpp>
#include <string_view>

#include "actors/entity/index_keys.hpp"
#include "actors/entity/search_terms.hpp"

namespace mf::views {
using namespace entity;
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
      INFO(stored << " / " << q);
      CHECK(finds(stored, q));
    }
  CHECK(finds("Revisar TV-Box", "tvbox"));
  CHECK_FALSE(finds("Rosa D'Angelo", "dangela"));
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
  CHECK(phone_words("+57 300 123 4567") ==
        Words{"573001234567", "3001234567", "01234567", "1234567"});
  CHECK(phone_words("604-5551234") == Words{"6045551234", "576045551234", "45551234", "5551234"});
  for (const char* stored : {"300 765 4321", "+57 300 765 4321", "0057 300 765 4321"})
    for (const char* q : {"+57 300 765 4321", "573007654321", "+573007654321", "0057 300 765 4321",
                          "765 4321", "3007654321", "(300) 765-4321", "300 765"}) {
      INFO(stored << " / " << q);
      CHECK(matches(search_terms(q), phone_words(stored)));
    }
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

std::vector<std::string> words_of(const std::vector<entity::IndexEntry>& entries) {
  std::vector<std::string> found_by;
  for (const auto& entry : entries)
    if (entry.index == static_cast<std::uint8_t>(Number::word))
      found_by.push_back(entry.key.substr(0, entry.key.find('\0')));
  return found_by;
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
  // created, status, zone, client, technician; words: 3 of the code, client, technician, 3 of the
  // title
  CHECK(closed.size() == 5 + 8);
}

TEST_CASE("index keys: an order is found by description, tags and what it refers to") {
  auto order = order_in("ASSIGNED", true, "tec_A");
  const std::vector<std::string> tags{"VIP-antena"};
  order.description = "Router parpadea naranja";
  order.type = "typ_A";
  order.tags = tags;
  const auto found_by = words_of(order_entries(order));
  for (const char* word :
       {"naranja", "#vip", "#antena", "#vipantena", "=typ_A", "=tec_A", "=cli_A"})
    CHECK(std::ranges::count(found_by, word) == 1);
}

TEST_CASE("index keys: of a long text those words are kept that tell most") {
  auto order = order_in("NEW", true, "");
  std::string description = "de la ";
  for (int i = 0; i < 200; ++i)
    description += "palabra" + std::string(1, static_cast<char>('a' + i / 26)) +
                   static_cast<char>('a' + i % 26) + " y ";
  description += "serie 48575443";
  order.description = description;
  const auto kept = words_of(order_entries(order));
  CHECK(kept.size() == words_per_entity_max);
  for (const char* word : {"7k3q9f2mxw", "=cli_A", "senal", "48575443", "palabraaa"})
    CHECK(std::ranges::count(kept, word) == 1);
  for (const char* word : {"de", "la", "y", "palabrahr"})
    CHECK(std::ranges::count(kept, word) == 0);
}

TEST_CASE("index keys: of a client with many sites more words are kept, and they end, too") {
  std::vector<std::string> addresses;
  addresses.reserve(400);
  for (int i = 0; i < 400; ++i)
    addresses.push_back("Carrera " + std::to_string(1000 + i) + " apto " +
                        std::to_string(5000 + i));
  ClientKeys keys{.created_at = from_millis(1000),
                  .zones = {"zon_A"},
                  .ids = {"cli_A"},
                  .document_type = "CC",
                  .document_number = "71234567",
                  .texts = {"Luz Gómez"}};
  for (const auto& address : addresses) keys.texts.push_back(address);
  const auto kept = words_of(client_entries(keys));
  CHECK(kept.size() == words_per_client_max);
  for (const char* word : {"=cli_A", "71234567", "luz", "gomez", "carrera", "1000", "5200"})
    CHECK(std::ranges::count(kept, word) == 1);
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
