#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "bench/parts.hpp"
#include "bench/stored_orders.hpp"

namespace mf::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* stored_part = "stored";
constexpr int pages = 2000;

struct Query {
  const char* name;
  std::vector<std::string> queries;
};

/// One after the other on one connection: what one person waits for.
void measure_queries(const ServerProcess& server, const std::string& token, const Query& query,
                     Report& report) {
  Wires wires(server.http_port());
  const auto wire = wires.open_http();
  Latencies latencies;
  std::vector<Latencies> by_target(query.queries.size());
  for (int i = 0; i < pages; ++i) {
    const auto at = static_cast<std::size_t>(i) % query.queries.size();
    const auto& target = query.queries[at];
    const auto begin = Clock::now();
    wires.send(wire, fmt::format("GET /v1/orders?{} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                 "Authorization: Bearer {}\r\n\r\n",
                                 target, token));
    for (bool is_there = false; !is_there;)
      wires.poll(10'000, [&](Wires::Id, int status, std::string_view text) {
        if (status != 200) throw std::runtime_error(target + ": " + std::string(text));
        is_there = true;
      });
    if (i < pages / 10) continue;
    const auto took = std::chrono::nanoseconds(Clock::now() - begin).count();
    latencies.add(took);
    by_target[at].add(took);
  }
  latencies.report(report, stored_part, query.name, "<= 20000");
  const auto slowest =
      std::ranges::max_element(by_target, {}, [](Latencies& target) { return target.at(0.5); });
  report.add(stored_part,
             fmt::format("{}, the slowest: {}, p50", query.name,
                         query.queries[static_cast<std::size_t>(slowest - by_target.begin())]),
             slowest->at(0.5), "us");
}

std::vector<Query> queries(const Company& company, std::size_t count) {
  Query search{"search", {}};
  for (std::size_t i = 0; i < 200; ++i)
    search.queries.push_back(fmt::format("q=OT-{:07}", i * (count / 200)));
  for (const char* words : {"q=fibra%20cortada", "q=rout", "q=televisi%C3%B3n%20nueva%20urgente",
                            "q=intermitente&status=TRIAGED", "q=traslado%20sin%20luz"})
    search.queries.emplace_back(words);
  return {{"list page of 50",
           {"limit=50", "status=TRIAGED", "status=CLOSED", "zone=" + company.zone,
            "zone=" + company.zone + "&status=TRIAGED", "priority=1", "sort=due&status=TRIAGED",
            "client=" + company.client, "sort=priority"}},
          std::move(search)};
}

}  // namespace

void measure_stored_orders(const Options& options, Report& report) {
  const Settings settings{options.binary, options.directory / "stored", {}};
  Company company;
  {
    ServerProcess server(settings);
    company = make_company(server);
    server.stop();
  }
  const auto begin = Clock::now();
  store_orders(settings.directory / "data", company, options.stored_orders);
  report.add(stored_part, "making the orders",
             std::chrono::duration<double>(Clock::now() - begin).count(), "s");
  report.add(stored_part, "stored orders", static_cast<double>(options.stored_orders), "");
  {
    ServerProcess first(settings);
    report.add(stored_part, "start to ready, the load's log still to be replayed",
               static_cast<double>(first.time_to_ready().count()), "ms");
    first.stop();
  }
  const ServerProcess server(settings);
  report.add(stored_part, "start to ready", static_cast<double>(server.time_to_ready().count()),
             "ms", "<= 2000");
  constexpr double mib = 1 << 20;
  report.add(stored_part, "memory when ready", static_cast<double>(server.resident_bytes()) / mib,
             "MiB");
  report.add(stored_part, "tables on disk", server.metric("microflow_storage_table_bytes") / mib,
             "MiB");
  const auto token = sign_in(server);
  for (const auto& query : queries(company, options.stored_orders))
    measure_queries(server, token, query, report);
  report.add(stored_part, "memory after the queries",
             static_cast<double>(server.resident_bytes()) / mib, "MiB");
}

}  // namespace mf::bench
