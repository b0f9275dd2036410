#include <algorithm>

#include "actors/client/client.hpp"
#include "actors/client/client_checks.hpp"
#include "base/document_type.hpp"
#include "base/phone_number.hpp"
#include "base/plain_text.hpp"

namespace mf::client {
namespace {

using Yes = std::vector<Event>;

/// The mark of coordinates that somebody should look at.
const std::string doubtful = "far_from_zone";

template <class T>
Patch<Personal<T>> personal(const Patch<T>& patch) {
  if (patch.is_set()) return Personal<T>{patch.value};
  return patch.is_removal() ? Patch<Personal<T>>::removal() : Patch<Personal<T>>{};
}

/// As they are kept (base/phone_number.hpp); what is no number stays, to be refused.
std::vector<std::string> kept_phones(std::vector<std::string> phones) {
  for (auto& phone : phones)
    if (auto number = phone_number(phone)) phone = std::move(number->text);
  return phones;
}

Patch<std::vector<std::string>> kept_phones(Patch<std::vector<std::string>> phones) {
  if (phones.is_set()) phones.value = kept_phones(std::move(phones.value));
  return phones;
}

/// The number as it is kept: without the type in front.
Patch<std::string> kept_number(const Client& c, const Edit& cmd) {
  auto number = cmd.document_number;
  auto type = c.document_type;
  cmd.document_type.apply_to(type);
  if (number.is_set()) number.value = without_type(number.value, type).number;
  return number;
}

bool may_write(const Principal& by) {
  return by.is_system() || by.is_administrator() || by.has(Role::supervisor);
}

std::optional<Rejection> guard(const Client& c, const Context& context) {
  if (!exists(c)) return hide().error();
  if (!is_kept_by(c, context.by))
    return context.by.has(Role::client) && context.by.client == c.id
               ? forbid("only our staff changes this"_en).error()
               : hide().error();
  if (c.is_erased) return reject("erased", "this client has been erased"_en).error();
  return {};
}

void check_person(FieldCheck& check, const Client& c) {
  check.text("name", c.name, 1, 200);
  check_document(check, c.document_type, c.document_number);
  check.that("phones", c.phones.size() <= 8, "too_long", "at most {max}"_en.with("max", 8))
      .that("email", !c.email || c.email->empty() || is_email_address(*c.email), "malformed",
            "must be an e-mail address"_en)
      .that("language", c.language == "es" || c.language == "en", "unknown_value",
            "must be one of {choices}"_en.with("choices", "es, en"))
      .that("consents", c.consents.size() <= 32, "too_long", "at most {max}"_en.with("max", 32));
  for (const auto& phone : c.phones)
    check.text("phones", phone, 5, 32)
        .that("phones", phone_number(phone).has_value(), "malformed", "5 to 15 digits"_en);
  for (const auto& consent : c.consents) check.text("consents", consent.purpose, 1, 64);
}

void check_site(FieldCheck& check, const Site& s, const std::optional<Point>& zone_centre) {
  check.text("name", s.name, 1, 200)
      .text("address", s.address, 1, 300)
      .text("neighbourhood", s.neighbourhood.value_or(""), 0, 100)
      .that("zone", is_id("zon", s.zone), "malformed", "must be an id of a zone"_en)
      .text("quality", s.quality.value_or(""), 0, 32)
      .text("access_notes", s.access_notes.value_or(""), 0, 1000)
      .text("hours", s.hours.value_or(""), 0, 200)
      .text("contact", s.contact.value_or(""), 0, 200);
  check_place(check, {s.lat, s.lon}, zone_centre);
}

std::optional<LetGo> let_go(const Client& c) {
  auto name = document_of(c);
  if (name.empty()) return {};
  return LetGo{std::move(name), c.document_token};
}

/// Or followed: the zone decides who dispatches it.
bool is_shown_by_orders(const EditSite& cmd) {
  for (const auto* text : {&cmd.name, &cmd.address, &cmd.neighbourhood, &cmd.zone,
                           &cmd.access_notes, &cmd.hours, &cmd.contact})
    if (!text->is_kept()) return true;
  return !cmd.lat.is_kept() || !cmd.lon.is_kept();
}

Decision<Event> yes_unless(const FieldCheck& check, Event event) {
  if (check.rejection()) return std::unexpected(*check.rejection());
  return Yes{std::move(event)};
}

Decision<Event> on(const Client& c, const Create& cmd, const Facts& facts, const Context& context) {
  Created event{{cmd.name},
                {without_type(cmd.document_number, cmd.document_type).number},
                cmd.document_type,
                claim_token(c.id, "document", context),
                {kept_phones(cmd.phones)},
                {cmd.email},
                cmd.language.value_or("es"),
                {},
                {cmd.fingerprint},
                document_name(cmd.document_type, cmd.document_number)};
  if (!cmd.consents.empty()) event.consents.value = cmd.consents;
  auto after = c;
  apply(after, event, context);
  FieldCheck check;
  check_person(check, after);
  if (check.rejection()) return std::unexpected(*check.rejection());
  if (!may_write(context.by)) return forbid("only supervisors and administrators add clients"_en);
  if (exists(c))
    return c.created_by == cmd.fingerprint && !c.is_erased
               ? reject("already_exists_same")
               : reject("already_exists", "this id is in use"_en);
  if (facts.document) return std::unexpected(*facts.document);
  return Yes{std::move(event)};
}

Decision<Event> on(const Client& c, const Edit& cmd, const Facts& facts, const Context& context) {
  if (auto no = guard(c, context)) return std::unexpected(*no);
  Edited event{personal(cmd.name),
               personal(kept_number(c, cmd)),
               personal(kept_phones(cmd.phones)),
               personal(cmd.email),
               cmd.document_type,
               cmd.language,
               personal(cmd.consents),
               {},
               {},
               {}};
  if (!cmd.name.is_kept() || !cmd.phones.is_kept() || !cmd.language.is_kept())
    event.orders = c.open_orders;
  if (auto claim = document_to_claim(c, cmd); !claim.empty()) {
    event.document_token = claim_token(c.id, "document", context);
    event.document_claim = std::move(claim);
    event.let_go = let_go(c);
  }
  auto after = c;
  apply(after, event, context);
  FieldCheck check;
  check.stays("name", cmd.name)
      .stays("document_type", cmd.document_type)
      .stays("document_number", cmd.document_number)
      .stays("language", cmd.language);
  check_person(check, after);
  if (!check.rejection() && facts.document) return std::unexpected(*facts.document);
  return yes_unless(check, std::move(event));
}

Decision<Event> on(const Client& c, const AddSite& cmd, const Facts& facts,
                   const Context& context) {
  SiteAdded event{cmd.id,      {cmd.name},    {cmd.neighbourhood}, cmd.zone,      cmd.quality,
                  {cmd.hours}, {cmd.address}, {cmd.access_notes},  {cmd.contact}, {cmd.lat},
                  {cmd.lon}};
  if (is_doubtful({cmd.lat, cmd.lon}, facts.zone_centre)) event.quality = doubtful;
  auto after = c;
  apply(after, event, context);
  FieldCheck check;
  check.that("id", is_id("sit", cmd.id), "malformed", "must be an id of a site"_en);
  check_site(check, after.sites.back(), facts.zone_centre);
  if (check.rejection()) return std::unexpected(*check.rejection());
  if (auto no = guard(c, context)) return std::unexpected(*no);
  if (facts.zone) return std::unexpected(*facts.zone);
  if (find_site(c, cmd.id))
    return reject("already_exists", "there is a site with this id already"_en);
  if (c.sites.size() >= sites_max)
    return reject("too_many_sites", "a client has at most 100 sites"_en);
  return Yes{std::move(event)};
}

Decision<Event> on(const Client& c, const EditSite& cmd, const Facts& facts,
                   const Context& context) {
  if (auto no = guard(c, context)) return std::unexpected(*no);
  if (!find_site(c, cmd.site)) return hide();
  SiteEdited event{cmd.site,
                   personal(cmd.name),
                   personal(cmd.neighbourhood),
                   cmd.zone,
                   cmd.quality,
                   personal(cmd.hours),
                   personal(cmd.address),
                   personal(cmd.access_notes),
                   personal(cmd.contact),
                   personal(cmd.lat),
                   personal(cmd.lon),
                   cmd.active};
  if (is_shown_by_orders(cmd)) event.orders = c.open_orders;
  auto after = c;
  apply(after, event, context);
  const auto& place = *find_site(after, cmd.site);
  if (is_doubtful({place.lat, place.lon}, facts.zone_centre)) event.quality = doubtful;
  else if (facts.zone_centre && place.quality == doubtful)
    event.quality = Patch<std::string>::removal();
  FieldCheck check;
  check.stays("name", cmd.name)
      .stays("address", cmd.address)
      .stays("zone", cmd.zone)
      .stays("lat", cmd.lat)
      .stays("lon", cmd.lon)
      .stays("active", cmd.active);
  check_site(check, place, facts.zone_centre);
  const auto& zone_before = find_site(c, cmd.site)->zone;
  if (!check.rejection() && place.zone != zone_before) {
    // Its open orders go along: one desk would take them from another, or leave them to it.
    const auto& by = context.by;
    if (!by.is_system() && !(by.dispatches(zone_before) && by.dispatches(place.zone)))
      return forbid("only who supervises both zones moves a site from one to the other"_en);
    if (facts.zone) return std::unexpected(*facts.zone);
  }
  return yes_unless(check, std::move(event));
}

Decision<Event> on(const Client& c, const AddAsset& cmd, const Facts&, const Context& context) {
  if (auto no = guard(c, context)) return std::unexpected(*no);
  const auto* site = find_site(c, cmd.site);
  if (!site) return hide();
  FieldCheck check;
  check.that("id", is_id("ast", cmd.id), "malformed", "must be an id of an asset"_en)
      .text("serial", cmd.serial.value_or(""), 0, 64)
      .text("model", cmd.model.value_or(""), 0, 100);
  if (check.rejection()) return std::unexpected(*check.rejection());
  for (const auto& other : c.sites)
    if (std::ranges::find(other.assets, cmd.id, &Asset::id) != other.assets.end())
      return reject("already_exists", "there is an asset with this id already"_en);
  if (site->assets.size() >= assets_per_site_max)
    return reject("too_many_assets", "a site has at most 50 assets"_en);
  return Yes{AssetAdded{cmd.site,
                        {cmd.id, cmd.kind, cmd.serial, cmd.model, cmd.installed, cmd.warranty},
                        c.open_orders}};
}

Decision<Event> on(const Client& c, const Erase&, const Facts&, const Context& context) {
  if (auto no = guard(c, context); no && no->code != "erased") return std::unexpected(*no);
  // The system: for whom a restored backup has brought back.
  if (!context.by.is_administrator() && !context.by.is_system())
    return forbid("only administrators erase a person"_en);
  if (c.is_erased) return reject("already_done", "this client has been erased"_en);
  return Yes{Erased{let_go(c), c.open_orders}};
}

Decision<Event> on(const Client& c, const DestroyKey&, const Facts&, const Context&) {
  if (!c.is_erased || c.is_key_destroyed)
    return reject("already_done", "there is no key to destroy"_en);
  return Yes{KeyDestroyed{}};
}

bool is_of_late(const RecentOrder& order, const Context& context) {
  return context.now - order.at <= twin_age_max;
}

/// Two that our staff made are two: they see what there is.
std::vector<Id> repeated_by(const Client& c, const NoteOrder& cmd, const Context& context) {
  std::vector<Id> repeated;
  for (const auto& other : c.recent_orders)
    if (other.order != cmd.order && other.site == cmd.site && other.type == cmd.type &&
        (other.by_client || cmd.by_client) && is_of_late(other, context))
      repeated.push_back(other.order);
  return repeated;
}

std::vector<TwinLeft> left_by(const Client& c, const Id& ended) {
  std::vector<TwinLeft> left;
  for (const auto& pair : c.twins) {
    if (pair.repeats != ended) continue;
    const auto next = std::ranges::find_if(c.twins, [&](const Twin& other) {
      return other.order == pair.order && other.repeats != ended;
    });
    left.push_back(
        {pair.order, next == c.twins.end() ? std::nullopt : std::optional(next->repeats)});
  }
  return left;
}

bool is_paired(const Client& c, const Id& order) {
  return std::ranges::any_of(c.twins,
                             [&](const Twin& t) { return t.order == order || t.repeats == order; });
}

Decision<Event> on(const Client& c, const NoteOrder& cmd, const Facts&, const Context& context) {
  if (!exists(c) || c.is_erased) return hide();
  return Yes{OrderNoted{cmd.token, cmd.order, cmd.site, cmd.type, cmd.by_client, true,
                        repeated_by(c, cmd, context)}};
}

Decision<Event> on(const Client& c, const ReleaseClaim& cmd, const Facts&, const Context&) {
  const auto noted = std::ranges::find(c.recent_orders, cmd.token, &RecentOrder::token);
  if (noted == c.recent_orders.end())
    return reject("claim_not_held", "this claim holds nothing"_en);
  return Yes{OrderForgotten{cmd.token, noted->order, left_by(c, noted->order)}};
}

Decision<Event> on(const Client& c, const ForgetOrder& cmd, const Facts&, const Context&) {
  const auto noted = std::ranges::find(c.recent_orders, cmd.order, &RecentOrder::order);
  const bool is_recent = noted != c.recent_orders.end();
  const bool is_open = std::ranges::find(c.open_orders, cmd.order) != c.open_orders.end();
  if (!is_recent && !is_open && !is_paired(c, cmd.order))
    return reject("already_done", "the order is not noted"_en);
  return Yes{
      OrderForgotten{is_recent ? noted->token : std::string(), cmd.order, left_by(c, cmd.order)}};
}

Decision<Event> on(const Client& c, const SettleOrder& cmd, const Facts&, const Context& context) {
  const auto noted = std::ranges::find(c.recent_orders, cmd.order, &RecentOrder::order);
  const bool may_get_twins = noted != c.recent_orders.end() && is_of_late(*noted, context);
  if (!may_get_twins && !is_paired(c, cmd.order))
    return reject("already_done", "nothing repeats the order"_en);
  return Yes{OrderSettled{cmd.order, left_by(c, cmd.order)}};
}

}  // namespace

Decision<Event> decide(const Client& client, const Command& command, const Facts& facts,
                       const Context& context) {
  return std::visit([&](const auto& c) { return on(client, c, facts, context); }, command);
}

std::string document_of(const Client& c) {
  if (!c.document_claim.empty()) return c.document_claim;
  return c.document_number.empty() ? std::string{}
                                   : document_name(c.document_type, c.document_number);
}

std::string document_to_claim(const Client& c, const Command& command) {
  if (const auto* create = std::get_if<Create>(&command))
    return document_name(create->document_type, create->document_number);
  const auto* edit = std::get_if<Edit>(&command);
  if (!edit) return {};
  auto type = c.document_type, number = c.document_number;
  edit->document_type.apply_to(type);
  edit->document_number.apply_to(number);
  if (type == c.document_type && number == c.document_number) return {};
  const auto name = document_name(type, number);
  return name == document_of(c) ? std::string{} : name;
}

Id zone_to_check(const Client& c, const Command& command) {
  if (const auto* add = std::get_if<AddSite>(&command)) return add->zone;
  if (const auto* edit = std::get_if<EditSite>(&command)) {
    const auto* site = find_site(c, edit->site);
    if (!site) return {};
    const bool is_moved = edit->lat.is_set() || edit->lon.is_set();
    if (edit->zone.is_set() && (is_moved || edit->zone.value != site->zone))
      return edit->zone.value;
    if (is_moved) return site->zone;
  }
  return {};
}

}  // namespace mf::client
