#include "actors/host/figures.hpp"

#include <algorithm>

namespace mf::host {
namespace {

constexpr std::array<const char*, 4> ending_names = {"done", "replayed", "rejected", "failed"};

std::string kind_name(std::size_t kind) {
  return std::string(to_string(static_cast<EntityKind>(kind)));
}

}  // namespace

Figures::Figures()
    : batch_commands_(metrics::histogram("microflow_shard_batch_commands",
                                         "Commands that share one batch", metrics::size_buckets())),
      timers_late_(metrics::histogram("microflow_timers_late_seconds",
                                      "How long after their due time timers fire",
                                      {0.01, 0.1, 0.5, 1, 5, 30, 300, 3600})),
      views_lost_(metrics::counter("microflow_views_lost_total",
                                   "Times a view fell behind the journal and began anew")) {
  for (std::size_t kind = 1; kind < kinds; ++kind)
    for (std::size_t ending = 0; ending < endings; ++ending)
      commands_[kind][ending] =
          &metrics::counter("microflow_commands_total", "Commands by kind of entity and outcome",
                            {{"kind", kind_name(kind)}, {"outcome", ending_names[ending]}});
  actors_collected_ = metrics::on_collect([this] {
    for (std::size_t kind = 1; kind < kinds; ++kind)
      metrics::gauge("microflow_entities", "Entities in memory", {{"kind", kind_name(kind)}})
          .set(static_cast<double>(live_[kind]));
  });
}

void Figures::command(EntityKind kind, const entity::Reply& reply) {
  auto ending = Ending::failed;
  if (const auto* outcome = std::get_if<entity::Outcome>(&reply))
    ending = outcome->replayed ? Ending::replayed : Ending::done;
  else if (std::holds_alternative<Rejection>(reply)) ending = Ending::rejected;
  commands_[static_cast<std::size_t>(kind)][static_cast<std::size_t>(ending)]->add();
}

void Figures::timer(Duration late) {
  timers_late_.observe(static_cast<double>(std::max<std::int64_t>(0, late.count())) / 1000);
}

void Figures::alarm(const std::string& id) {
  metrics::counter("microflow_alarms_total", "Things an operator should look at, see the log",
                   {{"id", id}})
      .add();
}

}  // namespace mf::host
