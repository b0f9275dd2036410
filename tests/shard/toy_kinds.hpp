#pragma once
// Three small entity kinds with every mechanism the cores know: a job that claims a holder, reacts
// and has deadlines; the holder; and a counter that shows how often a reaction took effect.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "actors/entity/kind.hpp"

namespace mf::toy {

inline constexpr auto job_kind = EntityKind::work_order;
inline constexpr auto holder_kind = EntityKind::technician;
inline constexpr auto counter_kind = EntityKind::account;

/// What is wrong on purpose (see simulation_test.cpp).
struct Mistakes {
  bool holder_frees_by_clock = false;      ///< without asking the claimant
  bool token_without_attempt = false;      ///< a retried command claims under its old token
  bool release_frees_whole_claim = false;  ///< also what an earlier, used claim of the job holds
};

inline constexpr Duration tick_after{2'000}, timeout_after{4'000}, check_after{3'000};

/// job:     create {} · note {} (asks a counter first) · take {"holder"} (claims it) · drop {} ·
///          grow {"size"} · arm {"due"} (the tick again, ms) · break {} (throws) · tick, timeout
///          (deadlines). Every event but job.ticked makes the counter "sum" add one with a label of
///          its own.
/// holder:  claim {"token","owner"} · release_claim {"token"} · verify_claims
/// counter: add {"label"} · query total
/// `can_open`: whether the events of this id are ones that this program can read.
[[nodiscard]] entity::Kinds make_kinds(Mistakes mistakes = {},
                                       const std::function<bool(std::string_view)>& can_open = {});

/// For tests in which nothing is sealed: everybody has a key, and it leaves no trace.
class NoKeys : public entity::KeyRing {
 public:
  std::shared_ptr<const PersonalCipher> cipher_of(std::string_view, bool) override {
    struct Nothing final : PersonalCipher {
      std::string seal(std::string_view) const override { return {}; }
      std::optional<std::string> open(std::string_view) const override { return ""; }
    };
    return std::make_shared<Nothing>();
  }
  Status erase(std::string_view) override { return {}; }
};

/// The value of "key" in a flat JSON object of texts; empty when it is not there.
[[nodiscard]] std::string text_of(std::string_view json, std::string_view key);

}  // namespace mf::toy
