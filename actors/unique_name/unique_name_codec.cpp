#include "actors/unique_name/unique_name_codec.hpp"

#include "actors/entity/claims.hpp"
#include "actors/entity/typed_kind.hpp"
#include "actors/unique_name/unique_name.hpp"

namespace mf::unique_name {

BOOST_DESCRIBE_STRUCT(UniqueName, (), (is_known, owner, token, is_confirmed, check_at, replaced))
BOOST_DESCRIBE_STRUCT(ClaimName, (), (token, owner))
BOOST_DESCRIBE_STRUCT(ReleaseClaim, (), (token))
BOOST_DESCRIBE_STRUCT(VerifyClaims, (), ())
BOOST_DESCRIBE_STRUCT(Claimed, (), (owner, token))
BOOST_DESCRIBE_STRUCT(Confirmed, (), (token))
BOOST_DESCRIBE_STRUCT(Kept, (), (token))
BOOST_DESCRIBE_STRUCT(Released, (), (token))

namespace {

using namespace mf::entity;

struct Traits : KindDefaults {
  using State = UniqueName;
  using Command = unique_name::Command;
  using Event = unique_name::Event;
  static constexpr EntityKind kind = EntityKind::unique_name;
  static constexpr std::tuple verbs{Verb<ClaimName>{"claim_name", Audience::system},
                                    Verb<ReleaseClaim>{"release_claim", Audience::system},
                                    Verb<VerifyClaims>{"verify_claims", Audience::system}};
  static constexpr std::tuple events{
      EventType<Claimed>{"unique_name.claimed"}, EventType<Confirmed>{"unique_name.confirmed"},
      EventType<Kept>{"unique_name.kept"}, EventType<Released>{"unique_name.released"}};

  static bool exists(const State& name) { return name.is_known; }
  static std::string status(const State& name) { return name.owner.empty() ? "FREE" : "TAKEN"; }

  static std::vector<Need> needs(const State& name, const Command& command, const Context&) {
    if (!std::holds_alternative<VerifyClaims>(command) || name.owner.empty() || name.is_confirmed)
      return {};
    return {use_of_claim(name.owner, name.token, name.id)};
  }
  static Decision<Event> decide(const State& name, const Command& command, const Answers& answers,
                                const Context&) {
    Facts facts;
    for (const auto& answer : answers) facts.use = claim_use(answer);
    return std::visit([&](const auto& c) { return unique_name::decide(name, c, facts); }, command);
  }
  static void apply(State& name, const Event& event, const Context& context) {
    unique_name::apply(name, event, context);
  }
  static std::vector<Deadline> deadlines(const State& name) { return unique_name::deadlines(name); }

  /// People reach names only through what bears them.
  static std::optional<Viewpoint> viewpoint(const State&, const Principal& by) {
    return by.is_system() ? std::optional(Viewpoint::staff) : std::nullopt;
  }
  static std::string view(const State& name, Viewpoint) {
    std::string out = "{\"id\":";
    json::append_quoted(out, name.id);
    out += ",\"owner\":";
    json::append_quoted(out, name.owner);
    return out + '}';
  }
  static std::string row(const State& name, Viewpoint as) { return view(name, as); }
  static std::optional<std::string> event_view(const Event&, Viewpoint) { return {}; }

  static std::expected<std::string, Rejection> answer(const State& name, std::string_view query,
                                                      std::string_view, const Principal& by,
                                                      Timestamp) {
    if (!by.is_system() || query != "owner" || name.owner.empty()) return hide();
    std::string out = "{\"owner\":";
    json::append_quoted(out, name.owner);
    return out + '}';
  }
};

}  // namespace

std::unique_ptr<Kind> make_unique_name_kind() { return std::make_unique<TypedKind<Traits>>(); }

}  // namespace mf::unique_name
