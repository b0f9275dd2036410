#include <fmt/format.h>

#include <thread>

#include "bench/company.hpp"
#include "bench/parts.hpp"

namespace mf::bench {

/// Orders are made, the server starts anew, and a read wakes each: what memory grows by, less what
/// RocksDB's cache grew by, is the awake orders.
void measure_idle_entities(const Options& options, Report& report) {
  constexpr const char* part = "idle";
  constexpr std::size_t count = 20'000, first = 2'000;
  const Settings settings{
      options.binary, options.directory / "idle", {"--runtime.entities_max", "1000000"}};
  std::vector<std::string> orders;
  {
    ServerProcess server(settings);
    orders = make_orders(server, make_company(server), count);
    server.stop();
  }
  const ServerProcess server(settings);
  const auto token = sign_in(server);
  Wires wires(server.http_port());
  const auto wire = wires.open_http();
  std::size_t bytes = 0;
  const auto wake = [&](std::size_t from, std::size_t to) {
    for (auto i = from; i < to; ++i) {
      wires.send(wire, fmt::format("GET /v1/orders/{} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                   "Authorization: Bearer {}\r\n\r\n",
                                   orders[i], token));
      for (bool is_there = false; !is_there;)
        wires.poll(1000, [&](Wires::Id, int, std::string_view text) {
          is_there = true;
          bytes += text.size();
        });
    }
  };
  wake(0, first);
  const auto resident = server.resident_bytes();
  const double cache = server.metric("microflow_storage_cache_bytes");
  bytes = 0;
  wake(first, count);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const double grown = static_cast<double>(server.resident_bytes() - resident) -
                       (server.metric("microflow_storage_cache_bytes") - cache);
  const double n = count - first;
  report.add(part, "memory per awake idle order, state included", grown / n, "B");
  report.add(part, "the order as JSON", static_cast<double>(bytes) / n, "B");
  report.add(part, "memory per awake idle order beyond its state as JSON",
             (grown - static_cast<double>(bytes)) / n, "B", "<= 2048");
}

}  // namespace mf::bench
