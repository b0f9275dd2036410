#pragma once
// What an order asks of other entities and what they answer (the fields that count).
// For work_order_codec.cpp alone.
#include <optional>
#include <string>
#include <vector>

#include "actors/work_order/work_order_fields.hpp"

namespace mf::work_order::asked {

struct SiteQuery {
  Id site;
};
BOOST_DESCRIBE_STRUCT(SiteQuery, (), (site))
struct TermsQuery {
  Id type;
  std::optional<int> priority;
  bool is_new = false;
};
BOOST_DESCRIBE_STRUCT(TermsQuery, (), (type, priority, is_new))
struct AgendaClaim {
  std::string token;
  Id order, visit, zone;
  std::vector<Skill> skills;
  std::vector<Window> windows;
  Duration duration_ms{};
  std::optional<Timestamp> from;
  std::optional<Duration> offer_ms;
  bool override_ = false;
  std::optional<std::string> reason;
  std::optional<std::vector<Id>> seen_zones;
};
BOOST_DESCRIBE_STRUCT(AgendaClaim, (),
                      (token, order, visit, zone, skills, windows, duration_ms, from, offer_ms,
                       override_, reason, seen_zones))
struct SlotAnswer {
  std::optional<Timestamp> from;
  Duration duration_ms{};
  std::vector<Window> windows;
};
BOOST_DESCRIBE_STRUCT(SlotAnswer, (), (from, duration_ms, windows))
struct VisitQuery {
  Id zone;
  std::vector<Skill> skills;
  std::vector<Window> windows;
  Timestamp from{}, to{};
};
BOOST_DESCRIBE_STRUCT(VisitQuery, (), (zone, skills, windows, from, to))
struct OfferQuery {
  std::string token;
};
BOOST_DESCRIBE_STRUCT(OfferQuery, (), (token))
struct ReasonQuery {
  std::string verb, code;
};
BOOST_DESCRIBE_STRUCT(ReasonQuery, (), (verb, code))
struct NoteClaim {
  std::string token;
  Id order, site, type;
  bool by_client = false;
};
BOOST_DESCRIBE_STRUCT(NoteClaim, (), (token, order, site, type, by_client))
struct WorkClaim {
  std::string token;
  Id order, visit;
  std::string purpose;
};
BOOST_DESCRIBE_STRUCT(WorkClaim, (), (token, order, visit, purpose))

struct TypeAnswer {
  Id id;
  std::string name;
  Duration duration_ms{};
  std::vector<Skill> skills;
  std::vector<std::string> required_evidence;
  bool auto_triage = false, approval = false;
};
BOOST_DESCRIBE_STRUCT(TypeAnswer, (),
                      (id, name, duration_ms, skills, required_evidence, auto_triage, approval))
struct PolicyAnswer {
  int priority = 3;
  Duration respond_ms{}, arrive_ms{}, resolve_ms{};
};
BOOST_DESCRIBE_STRUCT(PolicyAnswer, (), (priority, respond_ms, arrive_ms, resolve_ms))
struct TermsAnswer {
  TypeAnswer type;
  PolicyAnswer policy;
  std::vector<Id> disabled_zones;
};
BOOST_DESCRIBE_STRUCT(TermsAnswer, (), (type, policy, disabled_zones))
struct GrantAnswer {
  std::string name, first_name;
  Id account;
  Timestamp from{}, to{};
  std::optional<Timestamp> offer_expires_at;
  std::optional<Duration> offer_left_ms;
};
BOOST_DESCRIBE_STRUCT(GrantAnswer, (),
                      (name, first_name, account, from, to, offer_expires_at, offer_left_ms))

}  // namespace mf::work_order::asked
