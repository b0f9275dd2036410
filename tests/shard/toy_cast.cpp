// People who play with the toys.
#include "tests/shard/world_parts.hpp"

namespace mf::sim {
namespace {

Wish of_job(const std::string& job, std::string verb, std::string json = "{}") {
  Principal ana;
  ana.account = "acc_ana";
  return {{toy::job_kind, job}, std::move(verb), std::move(json), ana};
}

Wish any_wish(Random& random, int n) {
  const auto job = "j" + std::to_string(n < jobs ? n : static_cast<int>(random.below(jobs)));
  if (n < jobs) return of_job(job, "create");
  const auto kind = random.below(20);
  if (kind < 10)
    return of_job(job, "take", "{\"holder\":\"h" + std::to_string(random.below(holders)) + "\"}");
  return of_job(job, kind < 14 ? "drop" : kind < 18 ? "note" : kind < 19 ? "break" : "create");
}

}  // namespace

Cast toy_cast(const toy::Mistakes& mistakes) {
  Cast cast{.kinds = toy::make_kinds(mistakes),
            .keys = nullptr,
            .setup = {},
            .wish = any_wish,
            .calm = {},
            .complaint = [](const auto&, Timestamp) { return std::string(); }};
  for (int n = 0; n < jobs; ++n) cast.calm.push_back(of_job("calm" + std::to_string(n), "create"));
  return cast;
}

}  // namespace mf::sim
