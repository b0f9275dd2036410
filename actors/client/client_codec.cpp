#include "actors/client/client_codec.hpp"

#include <algorithm>
#include <array>

#include "actors/client/client.hpp"
#include "actors/entity/claims.hpp"
#include "actors/entity/index_keys.hpp"
#include "actors/entity/typed_kind.hpp"
#include "base/json_member.hpp"

namespace mf::client {

BOOST_DESCRIBE_ENUM(AssetKind, ONT, router, switch_, antenna, pole)
BOOST_DESCRIBE_STRUCT(Consent, (), (purpose, granted, at))
BOOST_DESCRIBE_STRUCT(Asset, (), (id, kind, serial, model, installed, warranty))
BOOST_DESCRIBE_STRUCT(Site, (),
                      (id, name, address, neighbourhood, zone, lat, lon, quality, access_notes,
                       hours, contact, active, assets))
BOOST_DESCRIBE_STRUCT(RecentOrder, (), (token, order, site, type, by_client, at))
BOOST_DESCRIBE_STRUCT(Twin, (), (order, repeats))
BOOST_DESCRIBE_STRUCT(Client, (),
                      (created_at, created_by, name, document_type, document_number, document_token,
                       document_claim, phones, email, language, consents, sites, recent_orders,
                       open_orders, twins, is_erased, is_key_destroyed))
// Who a person is, in stored states; an asset's also in the event that adds it (client.hpp).
constexpr auto sealed_members(const Asset*) { return std::array{"serial", "model"}; }
constexpr auto sealed_members(const Site*) {
  return std::array{"name",         "address", "neighbourhood", "lat",   "lon",
                    "access_notes", "hours",   "contact",       "assets"};
}
constexpr auto sealed_members(const Client*) {
  return std::array{"created_by", "name", "document_number", "phones", "email", "consents"};
}
constexpr auto notes_on(const Site*) {
  return std::array{json::Note{"quality", "Of the coordinates: gps, geocoded …"},
                    json::Note{"active", "Whether orders may still be made for it."}};
}
constexpr auto notes_on(const Asset*) { return std::array{json::Note{"warranty", "Until when."}}; }
BOOST_DESCRIBE_STRUCT(Create, (),
                      (name, document_type, document_number, phones, email, language, consents))
BOOST_DESCRIBE_STRUCT(Edit, (),
                      (name, document_type, document_number, phones, email, language, consents))
BOOST_DESCRIBE_STRUCT(AddSite, (),
                      (id, name, address, neighbourhood, zone, lat, lon, quality, access_notes,
                       hours, contact))
BOOST_DESCRIBE_STRUCT(EditSite, (),
                      (site, name, address, neighbourhood, zone, lat, lon, quality, access_notes,
                       hours, contact, active))
BOOST_DESCRIBE_STRUCT(AddAsset, (), (id, site, kind, serial, model, installed, warranty))
BOOST_DESCRIBE_STRUCT(NoteOrder, (), (token, order, site, type, by_client))
BOOST_DESCRIBE_STRUCT(ReleaseClaim, (), (token))
BOOST_DESCRIBE_STRUCT(ForgetOrder, (), (order))
BOOST_DESCRIBE_STRUCT(SettleOrder, (), (order))
BOOST_DESCRIBE_STRUCT(OrderNoted, (), (token, order, site, type, by_client, until_end, repeats))
BOOST_DESCRIBE_STRUCT(TwinLeft, (), (order, repeats))
BOOST_DESCRIBE_STRUCT(OrderForgotten, (), (token, order, twins))
BOOST_DESCRIBE_STRUCT(OrderSettled, (), (order, twins))
BOOST_DESCRIBE_STRUCT(Erase, (), ())
BOOST_DESCRIBE_STRUCT(DestroyKey, (), ())
BOOST_DESCRIBE_STRUCT(Created, (),
                      (name, document_number, document_type, document_token, phones, email,
                       language, consents, created_by, document_claim))
BOOST_DESCRIBE_STRUCT(LetGo, (), (name, token))
BOOST_DESCRIBE_STRUCT(Edited, (),
                      (name, document_number, phones, email, document_type, language, consents,
                       document_token, let_go, orders, document_claim))
BOOST_DESCRIBE_STRUCT(SiteAdded, (),
                      (site, name, neighbourhood, zone, quality, hours, address, access_notes,
                       contact, lat, lon))
BOOST_DESCRIBE_STRUCT(SiteEdited, (),
                      (site, name, neighbourhood, zone, quality, hours, address, access_notes,
                       contact, lat, lon, active, orders))
BOOST_DESCRIBE_STRUCT(AssetAdded, (), (site, asset, orders))
BOOST_DESCRIBE_STRUCT(Erased, (), (let_go, orders))
BOOST_DESCRIBE_STRUCT(KeyDestroyed, (), ())

namespace {

using namespace mf::entity;

struct Row {
  Id id;
  std::string name, document_type, document_number;
  std::vector<std::string> phones;
  std::optional<std::string> email;
  std::string language;
  std::vector<Id> zones;
  int sites = 0;
  bool erased = false;
  Timestamp created_at{};
};
BOOST_DESCRIBE_STRUCT(Row, (),
                      (id, name, document_type, document_number, phones, email, language, zones,
                       sites, erased, created_at))
struct Detail {
  Id id;
  std::string name, document_type, document_number;
  std::vector<std::string> phones;
  std::optional<std::string> email;
  std::string language;
  std::vector<Consent> consents;
  bool erased = false;
  Timestamp created_at{};
  std::vector<Site> sites;
};
BOOST_DESCRIBE_STRUCT(Detail, (),
                      (id, name, document_type, document_number, phones, email, language, consents,
                       erased, created_at, sites))
constexpr auto always_written(const Detail*) { return std::array{"sites"}; }

constexpr auto notes_on(const Row*) {
  return std::array{json::Note{"zones", "Those of its sites."},
                    json::Note{"sites", "How many there are."},
                    json::Note{"erased", "Its personal data were erased, for good."}};
}
constexpr auto notes_on(const Detail*) {
  return std::array{json::Note{"erased", "Its personal data were erased, for good."}};
}
struct SiteAnswer {
  Id client, site, zone;
  std::optional<double> lat, lon;
  std::string language;
  bool active = true;
  std::optional<std::string> client_name, site_name, address, neighbourhood;
};
BOOST_DESCRIBE_STRUCT(SiteAnswer, (),
                      (client, site, zone, lat, lon, language, active, client_name, site_name,
                       address, neighbourhood))

struct NotedAnswer {
  std::optional<Id> twin;
  std::optional<SiteAnswer> site;
};
BOOST_DESCRIBE_STRUCT(NotedAnswer, (), (twin, site))

/// What of a client only its orders need.
struct Bookkeeping {
  std::vector<RecentOrder> recent_orders;
  std::vector<Id> open_orders;
  std::vector<Twin> twins;
};
BOOST_DESCRIBE_STRUCT(Bookkeeping, (), (recent_orders, open_orders, twins))

/// What whoever goes to a site needs to know.
struct ContactClient {
  std::string name;
  std::vector<std::string> phones;
  std::string language;
};
BOOST_DESCRIBE_STRUCT(ContactClient, (), (name, phones, language))
struct ContactSite {
  std::string name, address;
  std::optional<std::string> neighbourhood, access_notes, hours, contact;
};
BOOST_DESCRIBE_STRUCT(ContactSite, (), (name, address, neighbourhood, access_notes, hours, contact))
struct Contact {
  ContactClient client;
  ContactSite site;
  std::vector<Asset> assets;
};
BOOST_DESCRIBE_STRUCT(Contact, (), (client, site, assets))

SiteAnswer site_answer(const Client& c, const Site& site) {
  SiteAnswer answer{.client = c.id,
                    .site = site.id,
                    .zone = site.zone,
                    .language = c.language,
                    .active = site.active && !c.is_erased};
  if (c.is_erased) return answer;
  answer.lat = site.lat;
  answer.lon = site.lon;
  answer.client_name = c.name;
  answer.site_name = site.name;
  answer.address = site.address;
  answer.neighbourhood = site.neighbourhood;
  return answer;
}

NotedAnswer noted_answer(const Client& c, std::string_view token) {
  NotedAnswer answer{twin_of(c, token), {}};
  const auto noted = std::ranges::find(c.recent_orders, token, &RecentOrder::token);
  if (noted == c.recent_orders.end()) return answer;
  if (const auto* site = find_site(c, noted->site)) answer.site = site_answer(c, *site);
  return answer;
}

Contact contact(const Client& c, const Site& site) {
  return {
      {c.name, c.phones, c.language},
      {site.name, site.address, site.neighbourhood, site.access_notes, site.hours, site.contact},
      site.assets};
}

std::vector<IndexEntry> index_of(const Client& c) {
  entity::ClientKeys keys{.created_at = c.created_at, .zones = zones_of(c), .ids = {c.id}};
  if (keys.zones.empty()) keys.zones.emplace_back(entity::no_zone);
  if (c.is_erased) return entity::client_entries(keys);
  keys.document_type = c.document_type;
  keys.document_number = c.document_number;
  keys.phones = c.phones;
  keys.texts = {c.name};
  if (c.email) keys.texts.push_back(*c.email);
  for (const auto& site : c.sites) {
    keys.ids.push_back(site.id);
    keys.texts.push_back(site.address);
    keys.texts.push_back(site.name);
    for (const auto* text : {&site.neighbourhood, &site.contact})
      if (*text) keys.texts.push_back(**text);
  }
  for (const auto& site : c.sites)
    for (const auto& asset : site.assets)
      if (asset.serial) keys.texts.push_back(*asset.serial);
  return entity::client_entries(keys);
}

/// Of the catalogue's answer about a zone.
std::optional<Point> centre_of(const std::string& zone) {
  const auto body = query_body(zone);
  if (!body.contains("lat") || !body.contains("lon")) return {};
  if (!body["lat"].is_number() || !body["lon"].is_number()) return {};
  return Point{body["lat"].get<double>(), body["lon"].get<double>()};
}

Reaction release(const LetGo& let_go) {
  std::string body = "{\"token\":";
  json::append_quoted(body, let_go.token);
  return {{EntityKind::unique_name, let_go.name}, "release_claim", body + '}'};
}

/// Orders read anew what they show. The body names nobody: a reaction's may end as a dead letter.
void refresh_orders(std::vector<Reaction>& reactions, const std::vector<Id>& orders,
                    std::string_view site = {}) {
  std::string body = "{";
  if (!site.empty()) {
    body += "\"site\":";
    json::append_quoted(body, site);
  }
  body += '}';
  for (const auto& order : orders)
    reactions.push_back({{EntityKind::work_order, order}, "refresh_contact", body});
}

/// What an order does with the end of one that it may have repeated.
struct TwinEnded {
  Id twin;
  std::optional<Id> next;
};
BOOST_DESCRIBE_STRUCT(TwinEnded, (), (twin, next))

void tell_twins(std::vector<Reaction>& reactions, const Id& ended,
                const std::vector<TwinLeft>& left) {
  for (const auto& twin : left)
    reactions.push_back({{EntityKind::work_order, twin.order},
                         "twin_ended",
                         json::to_text(TwinEnded{ended, twin.repeats})});
}

struct Traits : KindDefaults {
  using State = Client;
  using Command = client::Command;
  using Event = client::Event;
  static constexpr EntityKind kind = EntityKind::client;
  static constexpr bool keeps_personal_data = true;
  static constexpr bool is_size_checked = true;
  /// A hundred sites with four assets each, written out as people do, take about 200 KiB sealed.
  static constexpr std::size_t state_bytes_max = std::size_t{240} * 1024;
  static constexpr std::tuple verbs{Verb<Create>{"create"},
                                    Verb<Edit>{"edit"},
                                    Verb<AddSite>{"add_site", "Add a site"},
                                    Verb<EditSite>{"edit_site"},
                                    Verb<AddAsset>{"add_asset", "Add an asset to a site"},
                                    Verb<Erase>{"erase", "Erase the personal data, for good"},
                                    Verb<DestroyKey>{"destroy_key", Audience::system},
                                    Verb<NoteOrder>{"note_order", Audience::system},
                                    Verb<ReleaseClaim>{"release_claim", Audience::system},
                                    Verb<ForgetOrder>{"forget_order", Audience::system},
                                    Verb<SettleOrder>{"settle_order", Audience::system}};
  static constexpr std::tuple events{EventType<Created>{"client.created"},
                                     EventType<Edited>{"client.edited"},
                                     EventType<SiteAdded>{"client.site_added"},
                                     EventType<SiteEdited>{"client.site_edited"},
                                     EventType<AssetAdded>{"client.asset_added"},
                                     EventType<Erased>{"client.erased"},
                                     EventType<KeyDestroyed>{"client.key_destroyed"},
                                     EventType<OrderNoted>{"client.order_noted"},
                                     EventType<OrderForgotten>{"client.order_forgotten"},
                                     EventType<OrderSettled>{"client.order_settled"}};

  static bool exists(const State& c) { return client::exists(c); }
  static std::size_t bookkeeping_bytes(const State& c) {
    return json::to_text(Bookkeeping{c.recent_orders, c.open_orders, c.twins}).size();
  }
  static std::string status(const State& c) {
    return !exists(c) ? "" : c.is_erased ? "ERASED" : "ACTIVE";
  }

  /// Asks and claims only for what would be a yes otherwise.
  static std::vector<Need> needs(const State& c, const Command& command, const Context& context) {
    if (!client::decide(c, command, {}, context)) return {};
    std::vector<Need> needs;
    if (const auto zone = zone_to_check(c, command); !zone.empty())
      needs.push_back(fact_of_zone("zone", zone));
    if (const auto name = document_to_claim(c, command); !name.empty())
      needs.push_back(claim_of_name("document", name, "client/" + c.id,
                                    claim_token(c.id, "document", context)));
    return needs;
  }
  static Decision<Event> decide(const State& c, const Command& command, const Answers& answers,
                                const Context& context) {
    Facts facts;
    for (const auto& answer : answers) {
      if (!answer.value)
        (answer.name == "zone" ? facts.zone : facts.document) = answer.value.error();
      else if (answer.name == "zone") facts.zone_centre = centre_of(*answer.value);
    }
    return client::decide(c, command, facts, context);
  }
  static void apply(State& c, const Event& event, const Context& context) {
    client::apply(c, event, context);
  }

  /// The key dies with the event that says so, which is only decided once the erasure is durable.
  static Status sealed(std::string_view id, const Event& event, KeyRing& keys) {
    return std::holds_alternative<KeyDestroyed>(event) ? keys.erase(id) : Status{};
  }
  static bool is_forgotten(const State& c) { return c.is_key_destroyed; }
  static std::vector<Reaction> react(std::string_view id, const Event& event) {
    std::vector<Reaction> reactions;
    if (const auto* edited = std::get_if<Edited>(&event)) {
      if (edited->let_go) reactions.push_back(release(*edited->let_go));
      refresh_orders(reactions, edited->orders);
    }
    if (const auto* edited = std::get_if<SiteEdited>(&event))
      refresh_orders(reactions, edited->orders, edited->site);
    if (const auto* added = std::get_if<AssetAdded>(&event))
      refresh_orders(reactions, added->orders, added->site);
    if (const auto* erased = std::get_if<Erased>(&event)) {
      if (erased->let_go) reactions.push_back(release(*erased->let_go));
      reactions.push_back({{EntityKind::client, std::string(id)}, "destroy_key", "{}"});
      refresh_orders(reactions, erased->orders);
    }
    if (const auto* forgotten = std::get_if<OrderForgotten>(&event))
      tell_twins(reactions, forgotten->order.value_or(""), forgotten->twins);
    if (const auto* settled = std::get_if<OrderSettled>(&event))
      tell_twins(reactions, settled->order, settled->twins);
    return reactions;
  }
  static std::optional<std::string> event_view(const Event& event, Viewpoint as) {
    // Bookkeeping between client and order interests nobody who watches.
    if (as == Viewpoint::technician || std::holds_alternative<OrderNoted>(event) ||
        std::holds_alternative<OrderForgotten>(event) ||
        std::holds_alternative<OrderSettled>(event))
      return {};
    return without(*KindDefaults::event_view(event, as),
                   {"document_token", "document_claim", "let_go", "created_by", "orders"});
  }

  static std::vector<IndexEntry> index(const State& c) { return index_of(c); }
  static Concerns concerns(const State& c) {
    Concerns concerns{.client = c.id, .zones = zones_of(c)};
    if (concerns.zones.empty()) concerns.zones.emplace_back(entity::no_zone);
    return concerns;
  }
  static std::optional<Viewpoint> viewpoint(const State& c, const Principal& by) {
    if (is_kept_by(c, by)) return Viewpoint::staff;
    if (by.has(Role::client) && by.client == c.id) return Viewpoint::client;
    return {};
  }
  static std::string view(const State& c, Viewpoint) {
    return json::to_text(Detail{c.id, c.name, c.document_type, c.document_number, c.phones, c.email,
                                c.language, c.consents, c.is_erased, c.created_at, c.sites});
  }
  static std::string row(const State& c, Viewpoint) {
    return json::to_text(Row{c.id, c.name, c.document_type, c.document_number, c.phones, c.email,
                             c.language, zones_of(c), static_cast<int>(c.sites.size()), c.is_erased,
                             c.created_at});
  }
  static std::vector<Shown> shown() {
    using enum Shown::Use;
    return {json::shown<Detail>(view, "Client"), json::shown<Row>(row, "ClientRow"),
            json::shown<Site>(part, "Site", "Where a client wants work done."),
            json::shown<Asset>(part, "Asset", "Equipment at a site."),
            json::shown<Contact>(part, "Contact", "What whoever goes to a site needs to know.")};
  }

  static std::expected<std::string, Rejection> answer(const State& c, std::string_view query,
                                                      std::string_view body_json,
                                                      const Principal& by, Timestamp) {
    if (!by.is_system()) return hide();
    const auto body = query_body(body_json);
    if (query == "is_erased" && !exists(c)) return hide();
    if (query == "is_erased") return c.is_erased ? R"({"erased":true})" : R"({"erased":false})";
    if (query == "claim_in_use") {
      const bool is_bearer = exists(c) && !c.is_erased &&
                             (c.document_token == text_member(body, "token") ||
                              document_of(c) == text_member(body, "holder"));
      return is_bearer ? R"({"used":true})" : R"({"used":false})";
    }
    if (query == "claim") return json::to_text(noted_answer(c, text_member(body, "token")));
    const auto* site = find_site(c, text_member(body, "site"));
    if (!site) return hide();
    if (query == "site") return json::to_text(site_answer(c, *site));
    if (query == "contact" && !c.is_erased) return json::to_text(contact(c, *site));
    return hide();
  }
};

}  // namespace

std::unique_ptr<Kind> make_client_kind() { return std::make_unique<TypedKind<Traits>>(); }

}  // namespace mf::client
