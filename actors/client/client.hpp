#pragma once
// A customer, the sites where work is done, and the assets that stand there.
//
//   active ──erase──► erased (for good)
//
// Who a person is (name, document number, phones, e-mail, consents; of its sites all but id, zone,
// the coordinates' quality and whether it is active; serial and model of assets) is sealed with the
// client's own key in events and states. Erasing blanks the state and destroys the key; what the
// journal still holds can't be read any more (Ley 1581). Accounts that name it end with the key.
// Programs before this one wrote name, neighbourhood and hours of sites, consents, serials and
// models into events in clear; they are read as they are.
// Administrators, and supervisors of a zone in which it has a site, read and write (without a site,
// all supervisors); the client reads its own; nobody else sees it. Orders keep a copy of what rows
// show of client and site, and hear when that changes (decision 0021).
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/claim.hpp"
#include "base/decision.hpp"
#include "base/geo.hpp"
#include "base/patch.hpp"

namespace mf::client {

enum class AssetKind : std::uint8_t { ONT, router, switch_, antenna, pole };

struct Consent {
  std::string purpose;
  bool granted = false;
  std::optional<Timestamp> at;
};
struct Asset {
  Id id;
  AssetKind kind = AssetKind::ONT;
  std::optional<std::string> serial, model;
  std::optional<Timestamp> installed, warranty;  ///< warranty: until when
};
struct Site {
  Id id;
  std::string name, address;
  std::optional<std::string> neighbourhood;
  Id zone;
  double lat = 0, lon = 0;
  std::optional<std::string> quality;  ///< of the coordinates: "gps", "geocoded" …
  std::optional<std::string> access_notes, hours, contact;
  bool active = true;
  std::vector<Asset> assets;
};

/// An order of late, so that a second one for the same is noticed.
struct RecentOrder {
  std::string token;  ///< of the claim that noted it
  Id order, site, type;
  bool by_client = false;
  Timestamp at{};
};

/// Two orders that are open and ask for the same: `order` was made later.
struct Twin {
  Id order, repeats;
  bool operator==(const Twin&) const = default;
};

struct Client {
  Id id;
  Timestamp created_at{};
  std::string created_by;  ///< fingerprint of its create command
  std::string name, document_type, document_number;
  std::string document_token;  ///< of the claim on the document's number
  /// The unique name that is claimed, a hash: known also when the number can't be read any more.
  /// Empty: as older programs stored it, see document_of().
  std::string document_claim;
  std::vector<std::string> phones;
  std::optional<std::string> email;
  std::string language = "es";
  std::vector<Consent> consents;
  std::vector<Site> sites;
  std::vector<RecentOrder> recent_orders;  ///< open, oldest first
  std::vector<Id> open_orders;             ///< which hear of its changes, oldest first
  std::vector<Twin> twins;                 ///< until either of the two ends, oldest first
  bool is_erased = false, is_key_destroyed = false;
};

inline constexpr std::size_t recent_orders_max = 32;
/// Of more, the oldest keeps the copies it has.
inline constexpr std::size_t open_orders_max = 64;
/// Of more pairs, the oldest wait for somebody who looks.
inline constexpr std::size_t twins_max = 64;
inline constexpr std::size_t sites_max = 100, assets_per_site_max = 50;

struct Create {
  std::string name, document_type, document_number;
  std::vector<std::string> phones;
  std::optional<std::string> email, language;
  std::vector<Consent> consents;
  std::string fingerprint;
};
struct Edit {
  Patch<std::string> name, document_type, document_number;
  Patch<std::vector<std::string>> phones;
  Patch<std::string> email, language;
  Patch<std::vector<Consent>> consents;
};
struct AddSite {
  Id id;
  std::string name, address;
  std::optional<std::string> neighbourhood;
  Id zone;
  double lat = 0, lon = 0;
  std::optional<std::string> quality, access_notes, hours, contact;
};
struct EditSite {
  Id site;
  Patch<std::string> name, address, neighbourhood, zone;
  Patch<double> lat, lon;
  Patch<std::string> quality, access_notes, hours, contact;
  Patch<bool> active;
};
struct AddAsset {
  Id id, site;
  AssetKind kind = AssetKind::ONT;
  std::optional<std::string> serial, model;
  std::optional<Timestamp> installed, warranty;
};
/// A claim of an order that is being made.
struct NoteOrder {
  std::string token;
  Id order, site, type;
  bool by_client = false;  ///< made by the client, not by our staff
};
/// The order was not made after all.
struct ReleaseClaim {
  std::string token;
};
/// The order has ended.
struct ForgetOrder {
  Id order;
};
/// The order's work is done. It may come back, so it goes on hearing of changes; but nothing
/// repeats it.
struct SettleOrder {
  Id order;
};
struct Erase {};
/// The consequence of Erased, once it is durable.
struct DestroyKey {};
using Command = std::variant<Create, Edit, AddSite, EditSite, AddAsset, Erase, DestroyKey,
                             NoteOrder, ReleaseClaim, ForgetOrder, SettleOrder>;

struct Created {
  Personal<std::string> name, document_number;
  std::string document_type, document_token;
  Personal<std::vector<std::string>> phones;
  Personal<std::string> email;
  std::string language;
  Personal<std::vector<Consent>> consents;
  Personal<std::string> created_by;
  std::optional<std::string> document_claim = {};
};
/// A name this client no longer bears.
struct LetGo {
  std::string name, token;
};
struct Edited {
  Patch<Personal<std::string>> name, document_number;
  Patch<Personal<std::vector<std::string>>> phones;
  Patch<Personal<std::string>> email;
  Patch<std::string> document_type, language;
  Patch<Personal<std::vector<Consent>>> consents;
  std::optional<std::string> document_token;
  std::optional<LetGo> let_go;
  std::vector<Id> orders = {};  ///< that show what was edited; so below
  std::optional<std::string> document_claim = {};
};
struct SiteAdded {
  Id site;
  Personal<std::string> name, neighbourhood;
  Id zone;
  std::optional<std::string> quality;
  Personal<std::string> hours, address, access_notes, contact;
  Personal<double> lat, lon;
};
struct SiteEdited {
  Id site;
  Patch<Personal<std::string>> name, neighbourhood;
  Patch<std::string> zone, quality;
  Patch<Personal<std::string>> hours, address, access_notes, contact;
  Patch<Personal<double>> lat, lon;
  Patch<bool> active;
  std::vector<Id> orders = {};
};
struct AssetAdded {
  Id site;
  Asset asset;  ///< serial and model sealed
  std::vector<Id> orders = {};
};
struct OrderNoted {
  std::string token;
  Id order, site, type;
  bool by_client = false;
  bool until_end = false;        ///< it is an open order from now on; false in events of before
  std::vector<Id> repeats = {};  ///< open ones of late that are the same, oldest first
};
/// An order that may have repeated one that has ended, and what it may repeat now.
struct TwinLeft {
  Id order;
  std::optional<Id> repeats;
};
struct OrderForgotten {
  std::string token;
  std::optional<Id> order = {};
  std::vector<TwinLeft> twins = {};
};
struct OrderSettled {
  Id order;
  std::vector<TwinLeft> twins;
};
struct Erased {
  std::optional<LetGo> let_go;
  std::vector<Id> orders = {};
};
struct KeyDestroyed {};
using Event = std::variant<Created, Edited, SiteAdded, SiteEdited, AssetAdded, Erased, KeyDestroyed,
                           OrderNoted, OrderForgotten, OrderSettled>;

/// What decide learns from others: the no of a zone that the catalogue lacks, of a document number
/// that somebody else has; where the site's zone lies, when the catalogue knows.
struct Facts {
  std::optional<Rejection> zone, document;
  std::optional<Point> zone_centre;
};

/// A site farther from the centre of its zone is a mistake (422); from half of that on its
/// coordinates are marked `far_from_zone`.
inline constexpr double zone_distance_max_m = 100'000;

/// Rejects with `name_taken` (document number), `unknown_zone`, `already_exists`, `already_done`,
/// `too_many_sites`, `too_many_assets`, or names the first field with a bad value.
[[nodiscard]] Decision<Event> decide(const Client&, const Command&, const Facts&, const Context&);
void apply(Client&, const Event&, const Context&);

[[nodiscard]] bool exists(const Client&);
/// Of its sites, without repetitions.
[[nodiscard]] std::vector<Id> zones_of(const Client&);
/// Of our staff: administrators, and supervisors where one of its sites is, or it has none.
[[nodiscard]] bool is_kept_by(const Client&, const Principal&);
[[nodiscard]] const Site* find_site(const Client&, std::string_view id);
/// The oldest order that the one noted with this token may repeat; nullopt also for an unknown
/// token.
[[nodiscard]] std::optional<Id> twin_of(const Client&, std::string_view token);
/// The unique name of the document, the same however its number is written; not the number itself,
/// which no journal should keep in clear. A NIT counts without its check digit.
[[nodiscard]] std::string document_name(std::string_view type, std::string_view number);
/// The unique name of the document that this client bears; empty: nobody knows it any more.
[[nodiscard]] std::string document_of(const Client&);
/// The name that a create or an edit has to claim; empty: none.
[[nodiscard]] std::string document_to_claim(const Client&, const Command&);
/// The check digit of a Colombian NIT, of its digits without it.
[[nodiscard]] int nit_check_digit(std::string_view digits);
/// The zone that a new or moved site, or one with other coordinates, is held against; empty:
/// none.
[[nodiscard]] Id zone_to_check(const Client&, const Command&);

}  // namespace mf::client
