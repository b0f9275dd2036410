// How much of a client is stored: what is added to it may be refused, its orders never.
#include <catch2/catch.hpp>

#include "actors/client/client_codec.hpp"
#include "actors/shard/entity_proposal.hpp"
#include "base/json.hpp"

namespace mf::shard::client_size_test {
namespace {

using nlohmann::json;

/// Texts as long as the real one makes them: a nonce, a tag, and base64.
struct LongCipher final : PersonalCipher {
  std::string seal(std::string_view plain) const override {
    return std::string((plain.size() + 41) * 4 / 3 + 1, 'x');
  }
  std::optional<std::string> open(std::string_view) const override { return {}; }
};
struct Keys final : entity::KeyRing {
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view, bool) override {
    return std::make_shared<LongCipher>();
  }
  Status erase(std::string_view) override { return {}; }
};

Id numbered(const std::string& prefix, int number) {
  const auto digits = std::to_string(number);
  return prefix + "_" + std::string(26 - digits.size(), '0') + digits;
}

/// A client as its shard keeps it.
struct Company {
  std::unique_ptr<entity::Kind> kind = client::make_client_kind();
  Keys keys;
  EntityRef ref{EntityKind::client, numbered("cli", 1)};
  EntityLimits limits;
  storage::StateHeader header;
  std::shared_ptr<const entity::Entity> state = kind->empty(ref.id);
  std::size_t stored_bytes = 0;

  Company() {
    REQUIRE(does("create", {{"name", "Almacenes La Montaña S.A.S."},
                            {"document_type", "NIT"},
                            {"document_number", "900123456"}}) == "");
  }
  /// The code of the no; empty: it was done.
  std::string does(const std::string& verb, const json& body,
                   const Principal& by = {.account = "acc_ana", .roles = {Role::administrator}}) {
    entity::Command command;
    command.id = blake2b_128({verb, to_text(body)});
    command.target = ref;
    command.body = *kind->parse(verb, to_text(body));
    command.by = by;
    const auto context = make_context({.command = command}, from_millis(1'764'000'000'000));
    auto events = state->decide(command.body, {}, context);
    if (!events) return events.error().code;
    auto made = make_proposal({*kind, keys, ref, 3, limits, header, *state, command, context},
                              std::move(*events));
    if (const auto* no = std::get_if<Rejection>(&made)) return no->code;
    const auto& proposal = std::get<Proposal>(made);
    header = proposal.transition.header;
    state = proposal.after;
    stored_bytes = proposal.transition.state.size();
    return "";
  }
  std::string add_site(int number, const std::string& notes) {
    return does("add_site",
                {{"id", numbered("sit", number)},
                 {"name", "Sede " + std::to_string(number) + " Laureles Centro Comercial"},
                 {"address", "Carrera 70 # 45-10 Local 112 Centro Comercial Laureles"},
                 {"neighbourhood", "Laureles-Estadio"},
                 {"access_notes", notes},
                 {"hours", "L-S 8:00-20:00"},
                 {"contact", "Marta Gómez 300 123 4567"},
                 {"zone", numbered("zon", 1)},
                 {"lat", 6.2476},
                 {"lon", -75.5912}});
  }
  std::string add_asset(int number, int site) {
    return does("add_asset", {{"id", numbered("ast", number)},
                              {"site", numbered("sit", site)},
                              {"kind", "ONT"},
                              {"serial", "ZTEG" + std::to_string(10'000'000 + number)},
                              {"model", "ZXHN F660 v5.2"}});
  }
  /// Made by the client, all for the same: each may repeat those before it.
  std::string note_order(int number) {
    return does("note_order",
                {{"token", std::string(31, 't') + std::to_string(number)},
                 {"order", numbered("ord", number)},
                 {"site", numbered("sit", 0)},
                 {"type", numbered("typ", 1)},
                 {"by_client", true}},
                Principal::system());
  }
};

const std::string notes =
    "Preguntar por el administrador en la portería 2, horario de carga de 6 a 9, llave del rack en "
    "seguridad.";

TEST_CASE("client: one of a hundred branches with four assets each has its orders") {
  Company company;
  for (int site = 0; site < 100; ++site) {
    INFO(site << ", " << company.stored_bytes);
    REQUIRE(company.add_site(site, notes) == "");
    for (int asset = 0; asset < 4; ++asset)
      REQUIRE(company.add_asset(site * 4 + asset, site) == "");
  }
  for (int order = 0; order < 70; ++order) REQUIRE(company.note_order(order) == "");
  CHECK(company.stored_bytes > std::size_t{128} * 1024);
}

TEST_CASE("client: where a site leaves no room it is the site that is refused, never an order") {
  Company company;
  std::string no;
  int sites = 0;
  for (; no.empty() && sites < 1000; ++sites)
    no = company.add_site(sites, std::string(sites < 99 ? 900 : 10, 'n'));
  if (no == "too_many_sites") no.clear();
  for (int asset = 0; no.empty() && asset < 5000; ++asset)
    no = company.add_asset(asset, asset / 50);
  CHECK((no == "too_large" || no == "state_too_large"));
  const auto full = company.stored_bytes;
  CHECK(full > company.kind->state_bytes_max() - 4096);
  for (int order = 0; order < 70; ++order) REQUIRE(company.note_order(order) == "");
  // What the orders take is theirs, and it ends.
  CHECK(company.state->bookkeeping_bytes() > std::size_t{8} * 1024);
  CHECK(company.stored_bytes - full < std::size_t{16} * 1024);
  CHECK(company.does("edit_site", {{"site", numbered("sit", 0)}, {"access_notes", "n"}}) == "");
  CHECK(company.does("edit", {{"phones", {"604 444 1234"}}}) == "");
  for (int order = 6; order < 70; ++order)
    REQUIRE(company.does("forget_order", {{"order", numbered("ord", order)}},
                         Principal::system()) == "");
}

}  // namespace
}  // namespace mf::shard::client_size_test
