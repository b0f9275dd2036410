// The company's own kinds under the same storms: people who want the same names, orders that want
// the same technicians.
#include "actors/account/account_codec.hpp"
#include "actors/catalogue/catalogue_codec.hpp"
#include "actors/client/client_codec.hpp"
#include "actors/technician/technician_codec.hpp"
#include "actors/unique_name/unique_name_codec.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "base/json.hpp"
#include "bench/days/plain_keys.hpp"
#include "tests/shard/world_parts.hpp"

namespace mf::sim {
namespace {

using Json = nlohmann::json;

Id id(std::string_view prefix, std::uint64_t n) {
  return derive_id(prefix, "sim", "create", std::to_string(n));
}
const Id zone = id("zon", 0), type = id("typ", 0), person = id("cli", 100), site = id("sit", 0);
Id technician(std::uint64_t n) { return id("tec", n); }

const Principal admin{"acc_admin", {Role::administrator}, {}, {}, {}, {}};
const Principal supervisor{"acc_supervisor", {Role::supervisor}, {zone}, {}, {}, {}};
Principal worker(std::uint64_t n) {
  return {"acc_worker", {Role::technician}, {}, technician(n), {}, {}};
}

Wish wish(EntityKind kind, const Id& target, std::string verb, const Json& body,
          const Principal& by = admin) {
  return {{kind, target}, std::move(verb), to_text(body), by};
}
Wish new_order(std::uint64_t n) {
  return wish(EntityKind::work_order, id("ord", n), "create",
              {{"type", type}, {"client", person}, {"site", site}, {"title", "Sin internet"}},
              supervisor);
}

std::vector<Wish> setup() {
  const Id all = "catalogue";
  std::vector<Wish> wishes{
      wish(EntityKind::catalogue, all, "create_zone", {{"id", zone}, {"name", "Popular"}}),
      wish(EntityKind::catalogue, all, "create_order_type",
           {{"id", type}, {"name", "Reparación"}, {"duration_ms", 3'600'000}, {"priority", 3}}),
      wish(EntityKind::client, person, "create",
           {{"name", "Luis Mora"}, {"document_type", "CC"}, {"document_number", "1017"}}),
      wish(EntityKind::client, person, "add_site",
           {{"id", site},
            {"address", "Calle 10 # 43-20"},
            {"zone", zone},
            {"lat", 6.29},
            {"lon", -75.54},
            {"name", "Casa"}})};
  for (std::uint64_t n = 0; n < 2; ++n)
    wishes.push_back(wish(EntityKind::technician, technician(n), "create",
                          {{"name", "Ana Gómez"}, {"zones", {zone}}}));
  return wishes;
}

/// Three people for two documents, four accounts for two user names.
Wish about_names(Random& random) {
  const auto document = std::to_string(2000 + random.below(2));
  const auto client = id("cli", random.below(3));
  switch (random.below(3)) {
    case 0:
      return wish(EntityKind::client, client, "create",
                  {{"name", "Ana"}, {"document_type", "CC"}, {"document_number", document}});
    case 1:
      return wish(EntityKind::client, client, "edit",
                  {{"document_type", "CC"}, {"document_number", document}});
    default:
      return wish(EntityKind::account, id("acc", random.below(4)), "create",
                  {{"username", "user" + std::to_string(random.below(2))},
                   {"password_hash", "$argon2id$" + std::string(40, 'h')},
                   {"roles", {"supervisor"}}});
  }
}

Wish about_orders(Random& random) {
  const auto order = id("ord", random.below(3));
  const auto who = random.below(2);
  const auto of_order = [&](std::string verb, const Json& body, const Principal& by) {
    return wish(EntityKind::work_order, order, std::move(verb), body, by);
  };
  switch (random.below(9)) {
    case 0: return of_order("comment", {{"text", "ya vamos"}}, supervisor);
    case 1:
    case 2: return of_order("assign", {{"technician", technician(who)}}, supervisor);
    case 3: return of_order("reassign", {{"technician", technician(who)}}, supervisor);
    case 4: return of_order("accept", Json::object(), worker(who));
    case 5: return of_order("depart", Json::object(), worker(who));
    case 6: return of_order("start", Json::object(), worker(who));
    case 7: return of_order("unassign", {{"reason", "other"}}, supervisor);
    default: return of_order("triage", Json::object(), supervisor);
  }
}

Wish any_wish(Random& random, int n) {
  if (n < 3) return new_order(static_cast<std::uint64_t>(n));
  if (n < jobs + 3)
    return wish(EntityKind::work_order, id("ord", static_cast<std::uint64_t>(n % 3)), "triage",
                Json::object(), supervisor);
  return random.chance(350) ? about_names(random) : about_orders(random);
}

using Entities = std::map<EntityRef, std::shared_ptr<Entity>>;

std::string owner_of(const Entity& name) {
  const auto owner = name.answer("owner", "{}", Principal::system(), {});
  return owner ? parse_json(*owner).at("owner").get<std::string>() : std::string();
}

/// Every name is borne by the one who owns it, and every account bears its own.
std::string complaint(const Entities& entities, Timestamp checked_until) {
  std::map<std::string, std::string> bearers;  // name → account
  for (const auto& [ref, entity] : entities) {
    if (ref.kind != EntityKind::account || !entity->exists()) continue;
    const auto name =
        "user:" + parse_json(entity->view(Viewpoint::staff)).at("username").get<std::string>();
    if (!bearers.emplace(name, "account/" + ref.id).second) return name + " is borne by two";
    const auto found = entities.find({EntityKind::unique_name, name});
    if (found == entities.end() || owner_of(*found->second) != "account/" + ref.id)
      return ref.id + " bears a name that it does not own";
  }
  for (const auto& [ref, entity] : entities) {
    if (ref.kind != EntityKind::unique_name) continue;
    const auto checks = entity->deadlines();
    if (!checks.empty() && checks.front().due > checked_until) continue;
    const auto owner = owner_of(*entity);
    if (owner.starts_with("account/") && bearers[ref.id] != owner)
      return ref.id + " is owned by " + owner + ", which does not bear it";
    if (!owner.starts_with("client/")) continue;
    const auto client = entities.find({EntityKind::client, owner.substr(7)});
    if (client == entities.end() || !client->second->exists())
      return ref.id + " is owned by a client that is not there";
  }
  return {};
}

}  // namespace

Cast company_cast() {
  Cast cast{.kinds = {},
            .keys = std::make_unique<bench::PlainKeys>(),
            .setup = setup(),
            .wish = any_wish,
            .calm = {new_order(100), new_order(101)},
            .complaint = complaint};
  work_order::WorkOrderPolicy policy;
  policy.offer_timeout = 3s;
  cast.kinds.add(work_order::make_work_order_kind(policy));
  cast.kinds.add(technician::make_technician_kind());
  cast.kinds.add(client::make_client_kind());
  cast.kinds.add(account::make_account_kind());
  cast.kinds.add(unique_name::make_unique_name_kind());
  cast.kinds.add(catalogue::make_catalogue_kind());
  cast.kinds.open_with(*cast.keys);
  return cast;
}

}  // namespace mf::sim
