#pragma once
// What measure_dispatch is made of.
#include "bench/parts.hpp"

namespace mf::bench {

/// Quiet, storm and half of the technicians ill, the dispatcher and a nearest-first supervisor on
/// the same seeds, in simulated time. With Options::tables: a page with table and pictures there.
void measure_days(const Options& options, Report& report);

/// One order more among 500 technicians and 2,000 open orders, and what keeping the picture in step
/// costs: the dispatcher alone, real rows.
void measure_thinking(Report& report);

/// A real node with a technician's WebSocket: from `triage` to the push of the offer, and from
/// `decline` to the next one's.
void measure_offers(const Options& options, Report& report);

}  // namespace mf::bench
