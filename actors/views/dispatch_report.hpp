#pragma once
// What a zone's dispatcher tells of itself, for whoever may run the zone. Data; said in a language
// when it is asked for.
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/views/advice.hpp"
#include "actors/views/proposal.hpp"
#include "base/id.hpp"
#include "base/sentence.hpp"
#include "base/shown.hpp"
#include "base/time.hpp"
#include "base/window.hpp"

namespace mf::views {

struct DispatchReport {
  /// A decision, or what became of it.
  struct Run {
    Timestamp at{};
    std::string did;  ///< offered, planned, replanned, improved, proposed, refused …
    Id order, technician;
    std::string code, technician_name, why;
    std::optional<Window> slot;
    double travel = 0, lateness = 0, wait = 0;  ///< seconds it adds
    double gain = 0;  ///< of an improvement: seconds saved, what the change costs taken off
    double took = 0;  ///< seconds of thinking, where somebody measures
  };
  /// An order somebody or something is waited for.
  struct Waiting {
    Id order, technician;  ///< technician: whom it is planned with, or none
    std::string code;
    int priority = 3;
    std::string reason;  ///< a code
    Sentence sentence;   ///< in words; or where that is empty:
    std::optional<Nobody> nobody = {};
    std::optional<Timestamp> since, until;  ///< `until`: when something will happen by itself
  };
  struct Figures {
    std::uint64_t insertions = 0, offers = 0, plans = 0, repairs = 0, improvements = 0, refused = 0;
  };

  Id zone;
  std::string mode = "off";   ///< off, suggest, automatic
  std::string state = "off";  ///< off, loading, ready
  std::string travel = {};    ///< great_circle, service, service_down
  Timestamp at{};
  std::size_t technicians = 0, on_duty = 0, orders = 0;
  Figures figures;
  std::vector<Run> runs;          ///< newest first
  std::size_t waiting_count = 0;  ///< of all
  std::vector<Waiting> waiting;   ///< those that need somebody first, by priority; so many at most
  ProposalList proposals;         ///< what it would do where it only suggests
};

/// {"zone", "mode", "state", …, "runs":[…], "waiting":[…], "proposals":[…]}
[[nodiscard]] std::string to_json(const DispatchReport& report, Say say);
[[nodiscard]] Shown form_of_dispatch_report();

/// The latest report of each zone. Thread-safe.
class DispatchReports {
 public:
  void put(std::shared_ptr<const DispatchReport> report) {
    const std::scoped_lock lock(mutex_);
    auto& slot = reports_[report->zone];
    slot = std::move(report);
  }
  /// nullptr: no dispatcher has told anything of this zone.
  [[nodiscard]] std::shared_ptr<const DispatchReport> get(const Id& zone) const {
    const std::scoped_lock lock(mutex_);
    const auto found = reports_.find(zone);
    return found == reports_.end() ? nullptr : found->second;
  }

 private:
  mutable std::mutex mutex_;
  std::map<Id, std::shared_ptr<const DispatchReport>> reports_;
};

}  // namespace mf::views
