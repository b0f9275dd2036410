#include "bench/dispatch/parts.hpp"

namespace mf::bench {

void measure_dispatch(const Options& options, Report& report) {
  measure_days(options, report);
  measure_thinking(report);
  measure_offers(options, report);
}

}  // namespace mf::bench
