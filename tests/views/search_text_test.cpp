// What a dispatcher types or pastes, against what somebody else has stored: a table for each kind.
#include <rapidcheck.h>
#include <catch2/catch.hpp>
#include <string_view>
#include <vector>

#include "actors/entity/index_keys.hpp"
#include "actors/entity/search_terms.hpp"
#include "base/id.hpp"

namespace mf::views {
using namespace entity;
namespace {

using Texts = std::vector<const char*>;
using Words = std::vector<std::string>;

bool finds(std::string_view stored, std::string_view asked) {
  return matches(search_terms(asked), words(stored));
}

void each_finds_each(const Texts& spellings) {
  for (const auto* stored : spellings)
    for (const auto* asked : spellings) {
      INFO("stored " << stored << ", asked " << asked);
      CHECK(finds(stored, asked));
    }
}

void all_find(const Texts& stored_ones, const Texts& asked_ones) {
  for (const auto* stored : stored_ones)
    for (const auto* asked : asked_ones) {
      INFO("stored " << stored << ", asked " << asked);
      CHECK(finds(stored, asked));
    }
}

TEST_CASE("search: an address is found by its abbreviations, its full words and glued") {
  each_finds_each({"Cra 45 # 12-34", "Carrera 45 #12-34", "KR 45 12 34", "Cra. 45 No. 12–34",
                   "cra45 #12-34", "kra45 # 12 - 34", "cr 45 12-34", "CARRERA45 No12-34",
                   "K 45 # 12-34", "k45#12-34", "Crra. 45 N° 12-34", "carr 45 Nº 12-34",
                   "Cra 45 Nro. 12-34", "Carrera 45 número 12-34", "Cra 45 num 12 34",
                   "cra45#12-34", "Cra No. 45 # 12-34", "Cra 45 N.º 12-34", "cra 45 no.12-34"});
  each_finds_each({"Calle 10A # 5-20", "calle10a # 5-20", "cl10a#5-20", "CL 10 A 5 20",
                   "cll 10a No 5-20", "c10a # 5-20", "Cll. 10-A # 5-20", "calle 10 a n° 05-20"});
  each_finds_each(
      {"Diagonal 75B # 2A-120", "dg75b 2a-120", "DG 75 B # 2 A - 120", "diag. 75b no. 2a-120"});
  each_finds_each({"Transversal 39 # 70-11", "tv39 70-11", "TV 39 # 70-11", "transv. 39 70 11",
                   "T 39 # 70-11", "Tr 39 No 70-11"});
  each_finds_each({"Av. 80 # 30-15", "avenida 80 30-15", "Av80 #30-15", "AVDA 80 N 30-15"});
  each_finds_each({"AK 7 # 32-16", "ak7 32-16", "Avenida Carrera 7 # 32-16"});
  each_finds_each({"Carrera 70 No. 44B - 21", "cra70 44b21", "cra70n44b-21", "Kr 70 # 44 B 21"});
  each_finds_each({"Poste #45", "poste45", "Poste No 45"});
  each_finds_each(
      {"C.C. Santafé local 1-23", "Centro Comercial Santafé Lc. 1-23", "CC Santafe local 1 - 23"});
  each_finds_each({"Km 5 vía Las Palmas", "km5 via las palmas", "Kilómetro 5 Via Las Palmas"});
}

TEST_CASE("search: letters, bis and winds behind a house's number") {
  each_finds_each({"Calle 9A Sur # 11-111", "Cl 9 A Sur 11-111", "CLL 9A-SUR # 11-111",
                   "cl9asur 11-111", "Calle 9a S # 11-111", "cl 9 a sur no. 11-111"});
  each_finds_each({"Cra 12 Bis # 4-5", "Cra 12bis # 4-5", "kr12bis 4-5", "Carrera 12-BIS 4-5"});
  each_finds_each({"Cl 45 Bis A Sur # 3-10", "cl45bisasur 3-10", "Calle 45 bis a sur 3-10"});
  each_finds_each({"Av 6 Norte # 20-30", "Av. 6N # 20-30", "av6norte 20-30", "Avenida 6 N 20-30"});
  each_finds_each({"Cra 3 Este # 8-1", "Cra 3E # 8-1", "cr3este 8-1", "Carrera 3 E 8-1"});
  all_find({"Cra 45A # 1-2", "Cra 45 A # 1-2"}, {"45a", "45 a", "cra 45", "45 A 1-2"});
}

TEST_CASE("search: units of a building, apart, glued and abbreviated") {
  each_finds_each({"Apto 301", "apto301", "apt 301", "ap301", "AP. 301", "apt. 301",
                   "Apartamento 301", "apartamento301", "Apto. No. 301", "apto # 301"});
  each_finds_each({"Torre 2 apto 301", "torre2 apto301", "T2 apto 301", "t2apto301", "T 2 Ap 301",
                   "TO 2 APTO 301", "torre2apto301"});
  each_finds_each({"Interior 2", "int2", "int 2", "Int. 2", "interior2", "in 2"});
  each_finds_each({"Bloque 3", "blq 3", "bl3", "Bloq. 3", "bloque3", "B 3", "b3"});
  each_finds_each({"Manzana 5 Casa 12", "mz5 cs12", "Mz. 5 Cs. 12", "m5 c12", "M 5 C 12",
                   "mza 5 casa12", "manzana5 casa 12", "mz5cs12"});
  each_finds_each({"Piso 3", "piso3", "ps 3", "P3", "3er piso", "3º piso", "3o piso"});
  each_finds_each({"Oficina 502", "of 502", "of502", "Ofc. 502", "oficina502"});
  each_finds_each({"Local 12", "lc 12", "lc12", "local12", "Loc. 12"});
  each_finds_each({"Lote 7", "lt 7", "lt7", "lote7"});
  each_finds_each({"Apto 0301", "apto 301"});
  all_find({"Vereda El Salado", "Vda. El Salado", "El Salado"}, {"vereda el salado", "vda salado"});
  each_finds_each({"San Javier", "Sanjavier", "SAN JAVIER"});
  all_find({"Laureles"}, {"barrio Laureles", "Br. Laureles", "laureles"});
  all_find({"Urbanización Los Pinos", "Urb. Los Pinos", "Los Pinos", "Conj. Los Pinos"},
           {"urb los pinos", "urbanización los pinos", "conjunto los pinos", "los pinos"});
}

TEST_CASE("search: a short word or letter does not find everything") {
  for (const auto* asked : {"cra 45a", "k 45", "t2", "t1", "torre 2", "45 bis", "c 12", "calle 45",
                            "d 45", "m 5 c 12", "carrera 4 # 12-34", "45 s"}) {
    INFO(asked);
    CHECK_FALSE(finds("Avenida 80 # 34-12 Apto 33", asked));
    CHECK_FALSE(finds("Kevin Andrés Torres Díaz Calle 33", asked));
  }
  CHECK_FALSE(finds("Cra 45 # 12-34", "calle 45"));
  CHECK_FALSE(finds("Cra 45 # 12-34", "cra 4 # 12-34"));
  CHECK_FALSE(finds("Cra 45B # 12-34", "45a"));
  CHECK_FALSE(finds("Torre 2 apto 301", "torre 3 apto"));
  CHECK_FALSE(finds("María Gómez", "maria p"));
  CHECK(finds("María Gómez", "maria g"));
}

TEST_CASE("search: a document is found with its type in front, however both are written") {
  const auto card = document_words("CC", "71.234.567");
  for (const auto* asked : {"71234567",
                            "71.234.567",
                            "71 234 567",
                            "CC 71.234.567",
                            "C.C. 71234567",
                            "cc71234567",
                            "C C 71 234 567",
                            "c.c:71234567",
                            "CC-71234567",
                            "Cédula 71.234.567",
                            "C.C. No. 71.234.567",
                            "cedula de ciudadanía 71234567",
                            "CC # 71234567",
                            "71.234",
                            "documento 71234567",
                            "７１２３４５６７",
                            "٧١٢٣٤٥٦٧",
                            "CC 71",
                            "c.c. 71,234,567",
                            "71'234.567"}) {
    INFO(asked);
    CHECK(matches(search_terms(asked), card));
    CHECK(matches(search_terms(asked), document_words("C.C.", "71234567")));
    CHECK(matches(search_terms(asked), document_words("CC", "CC 71.234.567")));
  }
  for (const auto* stored : {"900.123.456-8", "900123456", "NIT 900.123.456-8", "9001234568"})
    for (const auto* asked :
         {"NIT 900.123.456-8", "nit900123456", "nit900.123.456-8", "900123456", "900.123.456",
          "N.I.T. 900123456-8", "NIT 900123456 DV 8", "Nit: 900 123 456 - 8"}) {
      INFO("stored " << stored << ", asked " << asked);
      CHECK(matches(search_terms(asked), document_words("NIT", stored)));
    }
  const std::pair<const char*, const char*> others[] = {{"TI", "T.I. 1037654321"},
                                                        {"TI", "tarjeta de identidad 1037654321"},
                                                        {"CE", "CE 1037654321"},
                                                        {"CE", "cédula de extranjería 1037654321"},
                                                        {"PEP", "PEP 1037654321"},
                                                        {"PPT", "P.P.T. 1037654321"},
                                                        {"RC", "registro civil 1037654321"}};
  for (const auto& [type, asked] : others)
    CHECK(matches(search_terms(asked), document_words(type, "1.037.654.321")));
  for (const auto* asked : {"pasaporte AB123456", "Passport ab-123456", "PA AB123456", "ab123456",
                            "AB 123456", "123456"}) {
    INFO(asked);
    CHECK(matches(search_terms(asked), document_words("PA", "AB123456")) ==
          (std::string_view(asked) != "123456"));
    CHECK(matches(search_terms(asked), document_words("PA", "AB-123456")));
  }
  CHECK_FALSE(matches(search_terms("CC 71234568"), card));
  CHECK(matches(search_terms("0071234567"), document_words("CC", "0071234567")));
  CHECK(matches(search_terms("71234567"), document_words("CC", "0071234567")));
}

TEST_CASE("search: a document stands beside other words") {
  auto luz = words("Luz Marina Gómez");
  for (auto& word : document_words("CC", "71.234.567")) luz.push_back(word);
  for (const auto* asked : {"luz CC 71.234.567", "CC 71 234 567 Luz", "gomez, C.C. 71234567",
                            "Luz Marina Gómez - CC 71.234.567"}) {
    INFO(asked);
    CHECK(matches(search_terms(asked), luz));
  }
}

TEST_CASE("search: a phone is found by any spelling, and by its last seven or eight digits") {
  const auto all = [](const Texts& stored_ones, const Texts& asked_ones) {
    for (const auto* stored : stored_ones)
      for (const auto* asked : asked_ones) {
        INFO("stored " << stored << ", asked " << asked);
        CHECK(matches(search_terms(asked), phone_words(stored)));
      }
  };
  all({"300 765 4321", "+57 300 765 4321", "0057 300 765 4321", "(57) 300-765-4321",
       "３００ ７６５ ４３２１", "٣٠٠٧٦٥٤٣٢١", "300‐765‑4321", "300.765.4321", "Cel: 3007654321"},
      {"+57 300 765 4321", "573007654321", "0057 300 765 4321", "765 4321", "3007654321",
       "(300) 765-4321", "300 765", "300–765–4321", "300—765—4321", "300‐765‑4321",
       "cel 300 765 4321", "Tel.: 3007654321", "WhatsApp +57 300 765 4321", "３００７６５４３２１",
       "07654321", "7654321", "\u202a+57 300 765 4321\u202c", "300.765.4321", "[57] 300 7654321"});
  all({"6044441234 ext 12", "604 444 1234 x12", "(604) 444-1234 Ext. 12", "6044441234x12",
       "604 4441234 int. 12", "604-444-1234 extensión 12", "6044441234#12"},
      {"6044441234", "6044441234 ext 12", "604 444 1234 x12", "6044441234x12", "444 1234",
       "4441234 ext. 12", "604 444 1234 int. 12", "6044441234 extensión 12", "(604) 4441234",
       "44441234", "+57 604 444 1234", "034 444 1234", "6044441234 #12"});
  all({"44441234"}, {"6044441234", "4441234", "604 444 1234"});
  all({"+1 305 555 1234", "001 305 555 1234", "+1 (305) 555-1234"},
      {"+1 305 555 1234", "0013055551234", "13055551234", "305 555 1234", "5551234", "55551234"});
  all({"+58 412 123 4567", "0058 412 1234567", "+58 (0)412-1234567", "0412-1234567"},
      {"+58 412 123 4567", "4121234567", "04121234567", "1234567", "0058 412 123 4567"});
  all({"+34 612 34 56 78", "0034 612345678"}, {"612345678", "612 34 56 78", "+34 612345678"});
  CHECK_FALSE(matches(search_terms("300 765 4322"), phone_words("300 765 4321")));
}

TEST_CASE("search: a number in a text is found however it is grouped") {
  all_find({"Llamar al 300 765 4321 antes", "Llamar al +57 3007654321", "llamar: 300-765-4321"},
           {"3007654321", "300 765 4321", "+57 300 7654321", "llamar 3007654321"});
}

TEST_CASE("search: an order's code by its parts, without ORD, with O for 0 and I or L for 1") {
  const auto order = [](const char* code) {
    auto found_by = code_words(code);
    found_by.push_back("router");
    return found_by;
  };
  for (const auto* asked :
       {"ORD-7K3Q-9F2M-XW", "ord7k3q",       "7k3q-9f", "7K3Q",    "ord-7 rout", "ORD 7K3Q 9F2M XW",
        "ORD–7K3Q–9F2M–XW", "ord 7k3q",      "9F2M",    "9f2m-xw", "9F2MXW",     "7K3Q 9F2M",
        "7k3q9f2mxw",       "ord7k3q9f2mxw", "XW",      "7K3Q XW", "orden 7K3Q", "código 9F2M",
        "ORD_7K3Q_9F2M_XW", "router 9f2m"}) {
    INFO(asked);
    CHECK(matches(search_terms(asked), order("ORD-7K3Q-9F2M-XW")));
  }
  for (const auto* asked : {"ORD-7K3R", "ord-7 modem", "9F2N", "XV", "router xw"}) {
    INFO(asked);
    CHECK_FALSE(matches(search_terms(asked), order("ORD-7K3Q-9F2M-XW")));
  }
  for (const auto* asked : {"ORD-4K0Q-1F10-X0", "ORD-4KOQ-IFLO-XO", "4koq", "lf1o", "4KOQ-1F1O-X0",
                            "ord 4koq lfio xo", "4KOQLFIOXO", "IFIO XO"}) {
    INFO(asked);
    CHECK(matches(search_terms(asked), order("ORD-4K0Q-1F10-X0")));
  }
  for (const auto* asked : {"XKOQ", "ord-xkoq", "orden XK0Q"})
    CHECK(matches(search_terms(asked), order("ORD-XK0Q-9F2M-XW")));
}

TEST_CASE("search: a full id finds what bears it, and an order by its code") {
  const auto order = derive_id("ord", "a", "b", "c"), client = derive_id("cli", "a", "b", "c");
  const auto code = code_words(order_code(order));
  const Words of_client{reference_word(client), "router"};
  auto small = order;
  for (auto& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  for (const auto& asked : {order, small, " " + order + " ", "orden " + order,
                            "https://desk.example.co/orders/" + order + "?tab=1"}) {
    INFO(asked);
    CHECK(matches(search_terms(asked), code));
    CHECK_FALSE(matches(search_terms(asked), of_client));
  }
  for (const auto& asked : {client, "cliente: " + client, client + " router"})
    CHECK(matches(search_terms(asked), of_client));
  CHECK_FALSE(matches(search_terms(derive_id("cli", "a", "b", "d")), of_client));
  CHECK_FALSE(matches(search_terms("cli_123"), of_client));
}

TEST_CASE("search: names with and without accents, fillers, blanks and plurals") {
  each_finds_each({"María de los Ángeles Peña y Núñez", "Maria Angeles Pena Nunez",
                   "MARIA  DE LOS   ANGELES PEÑA NUÑEZ", "Núñez, María de los Ángeles Peña"});
  all_find({"Revisar antena y router"}, {"antenas", "routers", "antena router", "la antena"});
  all_find({"Cambio de antenas, routers y señales"}, {"antena", "router", "señal", "señales"});
  all_find({"Sin luz", "Sin luces"}, {"luz", "luces"});
  all_find({"Carlos Torres"}, {"torres", "carlos torres"});
  CHECK_FALSE(finds("Torre 2 apto 301", "Torres"));
  all_find({"S.A.S.", "SAS", "S A S", "s.a.s"}, {"sas", "S.A.S.", "s a s"});
  all_find({"De la Cruz"}, {"cruz", "de la cruz", "DE LA CRUZ"});
  CHECK(finds("La y De", "la"));
  CHECK(search_terms("   ").empty());
  CHECK(search_terms("¿? — …").empty());
}

TEST_CASE("search: e-mail addresses whole and in part") {
  all_find({"luz.gomez+net@empresa-x.com.co"},
           {"luz.gomez+net@empresa-x.com.co", "LUZ.GOMEZ", "luz gomez", "@empresa-x.com.co",
            "empresa-x", "<luz.gomez+net@empresa-x.com.co>", "luz.gomez+net@empresa",
            "mailto:luz.gomez+net@empresa-x.com.co"});
  CHECK_FALSE(finds("luz.gomez@empresa.co", "luz.gomes@empresa.co"));
}

TEST_CASE("search: whatever is stored finds itself") {
  CHECK(rc::check("a text finds itself", [] {
    static const std::vector<std::string> parts{
        "cra", "45", "a",      "#",   "12",  "-",    "34", " ",   " ",   ".",     "no", "N°",
        "t",   "2",  "bis",    "sur", "n",   "CC",   "71", "ext", "x",   "ord",   "_",  "ó",
        "ñ",   "k",  "\u0301", "١",   "(",   ")",    "+",  "00",  "57",  ",",     "de", "Luz",
        "o",   "@",  "/",      "e",   "nit", "7k3q", "8",  "‐",   "tel", "poste", "c",  "1234567"};
    std::string text;
    for (auto left = *rc::gen::inRange(1, 10); left > 0; --left) text += *rc::gen::elementOf(parts);
    RC_ASSERT(finds(text, text));
  }));
}

TEST_CASE("search: of a long question the longest words count, and their number has an end") {
  std::string question;
  for (char c = 'a'; c <= 'z'; ++c) question += std::string("ab") + c + " ";
  question += "interferencia";
  const auto terms = search_terms(question);
  CHECK(terms.size() == term_count_max);
  CHECK(terms.front().front() == "interferencia");
}

}  // namespace
}  // namespace mf::views
