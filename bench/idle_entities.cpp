#include <fmt/format.h>

#include <optional>
#include <thread>

#include "actors/work_order/work_order_codec.hpp"
#include "bench/company.hpp"
#include "bench/parts.hpp"
#include "storage/records.hpp"
#include "storage/rocks/database.hpp"

/// jemalloc's, where we are linked with it.
extern "C" int mallctl(const char*, void*, std::size_t*, void*, std::size_t) __attribute__((weak));

namespace mf::bench {
namespace {

constexpr const char* idle_part = "idle";
constexpr std::size_t order_count = 20'000, warm_up = 2'000;

std::optional<std::uint64_t> allocated() {
  std::uint64_t allocated = 0, freed = 0;
  std::size_t size = sizeof allocated;
  if (!mallctl || mallctl("thread.allocated", &allocated, &size, nullptr, 0) != 0 ||
      mallctl("thread.deallocated", &freed, &size, nullptr, 0) != 0)
    return {};
  return allocated - freed;
}

/// What the states alone take in memory, decoded, per order.
double decoded_bytes(const std::filesystem::path& data_dir) {
  auto opened =
      storage::Database::open({.data_dir = data_dir, .access = storage::Access::read_only});
  if (!opened) throw std::runtime_error(opened.error().message);
  const auto kind = work_order::make_work_order_kind({});
  const std::string last(8, '\xff');
  const rocksdb::Slice end(last);
  const auto at = (*opened)->iterate(storage::Family::state, end, true);
  std::vector<std::unique_ptr<entity::Entity>> entities;
  entities.reserve(order_count);
  const auto before = allocated();
  for (at->SeekToFirst(); at->Valid(); at->Next()) {
    const auto key = storage::view(at->key());
    if (static_cast<EntityKind>(key[2]) != EntityKind::work_order) continue;
    const auto stored = storage::decode_state(storage::view(at->value()));
    if (!stored) throw std::runtime_error(stored.error().message);
    auto entity = kind->decode(key.substr(3), stored->body);
    if (!entity) throw std::runtime_error(entity.error().message);
    entities.push_back(std::move(*entity));
  }
  const auto after = allocated();
  return before && after && !entities.empty()
             ? static_cast<double>(*after - *before) / static_cast<double>(entities.size())
             : 0;
}

/// Reads each order, one after the other: that wakes it.
void wake(Wires& wires, const std::string& token, const std::vector<std::string>& orders,
          std::size_t from, std::size_t to) {
  for (auto i = from; i < to; ++i) {
    wires.send(0, fmt::format("GET /v1/orders/{} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                              "Authorization: Bearer {}\r\n\r\n",
                              orders[i], token));
    for (bool is_there = false; !is_there;)
      wires.poll(1000, [&](Wires::Id, int status, std::string_view text) {
        if (status != 200) throw std::runtime_error(std::string(text));
        is_there = true;
      });
  }
}

}  // namespace

/// Orders are made, the server starts anew, and a read wakes each: what memory grows by, less what
/// RocksDB's cache grew by, is the awake orders.
void measure_idle_entities(const Options& options, Report& report) {
  const Settings settings{
      options.binary, options.directory / "idle", {"--runtime.entities_max", "1000000"}};
  std::vector<std::string> orders;
  {
    ServerProcess server(settings);
    orders = make_orders(server, make_company(server), order_count);
    server.stop();
  }
  const double state = decoded_bytes(settings.directory / "data");
  const ServerProcess server(settings);
  const auto token = sign_in(server);
  Wires wires(server.http_port());
  static_cast<void>(wires.open_http());
  wake(wires, token, orders, 0, warm_up);
  const auto resident = server.resident_bytes();
  const double cache = server.metric("microflow_storage_cache_bytes");
  wake(wires, token, orders, warm_up, order_count);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const double grown = static_cast<double>(server.resident_bytes() - resident) -
                       (server.metric("microflow_storage_cache_bytes") - cache);
  const double all = grown / static_cast<double>(order_count - warm_up);
  report.add(idle_part, "memory per awake idle order, state included", all, "B");
  if (state == 0) return;
  report.add(idle_part, "the order's state alone, decoded", state, "B");
  report.add(idle_part, "memory per awake idle order beyond its state", all - state, "B",
             "<= 2048");
}

}  // namespace mf::bench
