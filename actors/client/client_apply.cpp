#include <algorithm>

#include "actors/client/client.hpp"

namespace mf::client {
namespace {

/// Copies what a sealed field still tells; nothing once the key is gone.
template <class T, class U>
void put(const Personal<T>& from, U& into) {
  if (from.value) into = *from.value;
  else into = U{};
}
template <class T, class U>
void put(const Patch<Personal<T>>& from, U& into) {
  if (from.is_set()) put(from.value, into);
  if (from.is_removal()) into = U{};
}

void on(Client& c, const Created& e, Timestamp now) {
  c.created_at = now;
  put(e.created_by, c.created_by);
  put(e.name, c.name);
  put(e.document_number, c.document_number);
  c.document_type = e.document_type;
  c.document_token = e.document_token;
  c.document_claim = e.document_claim.value_or("");
  put(e.phones, c.phones);
  put(e.email, c.email);
  c.language = e.language;
  put(e.consents, c.consents);
}

void on(Client& c, const Edited& e, Timestamp) {
  put(e.name, c.name);
  put(e.document_number, c.document_number);
  put(e.phones, c.phones);
  put(e.email, c.email);
  e.document_type.apply_to(c.document_type);
  e.language.apply_to(c.language);
  put(e.consents, c.consents);
  if (e.document_token) c.document_token = *e.document_token;
  // Older programs' events claim another document without saying which.
  if (e.document_token) c.document_claim = e.document_claim.value_or("");
}

void on(Client& c, const SiteAdded& e, Timestamp) {
  Site site;
  site.id = e.site;
  put(e.name, site.name);
  put(e.neighbourhood, site.neighbourhood);
  site.zone = e.zone;
  site.quality = e.quality;
  put(e.hours, site.hours);
  put(e.address, site.address);
  put(e.access_notes, site.access_notes);
  put(e.contact, site.contact);
  put(e.lat, site.lat);
  put(e.lon, site.lon);
  c.sites.push_back(std::move(site));
}

void on(Client& c, const SiteEdited& e, Timestamp) {
  const auto site = std::ranges::find(c.sites, e.site, &Site::id);
  if (site == c.sites.end()) return;
  put(e.name, site->name);
  put(e.neighbourhood, site->neighbourhood);
  e.zone.apply_to(site->zone);
  e.quality.apply_to(site->quality);
  put(e.hours, site->hours);
  put(e.address, site->address);
  put(e.access_notes, site->access_notes);
  put(e.contact, site->contact);
  put(e.lat, site->lat);
  put(e.lon, site->lon);
  e.active.apply_to(site->active);
}

void on(Client& c, const AssetAdded& e, Timestamp) {
  const auto site = std::ranges::find(c.sites, e.site, &Site::id);
  if (site != c.sites.end()) site->assets.push_back(e.asset);
}

/// What remains says nothing about the person: ids and zones that orders refer to.
void on(Client& c, const Erased&, Timestamp) {
  Client blank;
  blank.id = c.id;
  blank.created_at = c.created_at;
  blank.language = c.language;
  blank.is_erased = true;
  for (const auto& site : c.sites) {
    Site rest;
    rest.id = site.id;
    rest.zone = site.zone;
    rest.active = false;
    blank.sites.push_back(std::move(rest));
  }
  blank.twins = c.twins;
  c = std::move(blank);
}

/// Nothing repeats it any more, and it repeats nothing.
void part(Client& c, const Id& order) {
  std::erase_if(c.recent_orders, [&](const RecentOrder& o) { return o.order == order; });
  std::erase_if(c.twins, [&](const Twin& t) { return t.order == order || t.repeats == order; });
}

void on(Client& c, const OrderNoted& e, Timestamp now) {
  auto& recent = c.recent_orders;
  std::erase_if(recent, [&](const RecentOrder& other) {
    return other.order == e.order || now - other.at > twin_age_max;
  });
  if (recent.size() == recent_orders_max) recent.erase(recent.begin());
  recent.push_back({e.token, e.order, e.site, e.type, e.by_client, now});
  std::erase_if(c.twins, [&](const Twin& t) { return t.order == e.order; });
  for (const auto& other : e.repeats) c.twins.push_back({e.order, other});
  if (c.twins.size() > twins_max) c.twins.erase(c.twins.begin(), c.twins.end() - twins_max);
  if (!e.until_end) return;
  auto& open = c.open_orders;
  std::erase(open, e.order);
  if (open.size() == open_orders_max) open.erase(open.begin());
  open.push_back(e.order);
}

void on(Client& c, const OrderForgotten& e, Timestamp) {
  std::erase_if(c.recent_orders, [&](const RecentOrder& o) { return o.token == e.token; });
  if (!e.order) return;
  part(c, *e.order);
  std::erase(c.open_orders, *e.order);
}

void on(Client& c, const OrderSettled& e, Timestamp) { part(c, e.order); }

void on(Client& c, const KeyDestroyed&, Timestamp) { c.is_key_destroyed = true; }

}  // namespace

void apply(Client& client, const Event& event, const Context& context) {
  std::visit([&](const auto& e) { on(client, e, context.now); }, event);
}

bool exists(const Client& c) { return c.created_at != Timestamp{}; }

std::vector<Id> zones_of(const Client& c) {
  std::vector<Id> zones;
  for (const auto& site : c.sites)
    if (std::ranges::find(zones, site.zone) == zones.end()) zones.push_back(site.zone);
  return zones;
}

bool is_kept_by(const Client& c, const Principal& by) {
  if (by.is_system() || by.is_administrator()) return true;
  return by.has(Role::supervisor) &&
         (c.sites.empty() ||
          std::ranges::any_of(c.sites, [&](const Site& site) { return by.supervises(site.zone); }));
}

std::optional<Id> twin_of(const Client& c, std::string_view token) {
  const auto own = std::ranges::find(c.recent_orders, token, &RecentOrder::token);
  if (own == c.recent_orders.end()) return {};
  const auto twin = std::ranges::find(c.twins, own->order, &Twin::order);
  return twin == c.twins.end() ? std::nullopt : std::optional(twin->repeats);
}

const Site* find_site(const Client& c, std::string_view id) {
  const auto found = std::ranges::find(c.sites, id, &Site::id);
  return found == c.sites.end() ? nullptr : &*found;
}

}  // namespace mf::client
