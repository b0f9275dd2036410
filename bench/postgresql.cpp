#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "bench/parts.hpp"

namespace mf::bench {
namespace {

constexpr const char* programs = "/usr/lib/postgresql/15/bin";
constexpr int orders = 2048;  // as many as 256 callers of ours work on

/// The order's state as JSON beside the columns that are filtered by, the indexes lists need, and
/// the event; about as many bytes as ours.
constexpr const char* schema = R"(
create table orders (id text primary key, version bigint not null, status text not null,
  priority int not null, zone text not null, due timestamptz not null, state jsonb not null);
create index on orders (zone, status, due);
create index on orders (zone, priority, due);
create table events (order_id text not null, version bigint not null, at timestamptz not null,
  type text not null, principal text not null, command uuid not null, data jsonb not null,
  primary key (order_id, version));
create unique index on events (command);
insert into orders select 'ord_' || lpad(n::text, 26, '0'), 1, 'TRIAGED', 3, 'zon_1',
  now(), jsonb_build_object('title', 'Sin servicio de internet desde ayer', 'filler',
  (select string_agg(md5((n * 64 + i)::text), '') from generate_series(1, 36) i))
  from generate_series(1, {}) n;
vacuum analyze;
)";
constexpr const char* transition = R"(
\set n random(1, {orders})
\set priority random(1, 4)
with changed as (
  update orders set version = version + 1, {columns}
    state = jsonb_set(state, '{{comments}}', to_jsonb(:priority::int))
  where id = 'ord_' || lpad((:n)::text, 26, '0') returning id, version)
insert into events select id, version, now(), '{event}', 'acc_00000000000000000000000000',
  gen_random_uuid(), '{data}' from changed;
)";
constexpr const char* commented = R"({"comment":"cmt_00000000000000000000000000",)"
                                  R"("text":"Llamé al cliente, espera desde las 9."})";
constexpr const char* priority_changed =
    R"({"from":3,"to":1,"sla":{"respond_ms":900000,"arrive_ms":7200000,"resolve_ms":28800000}})";

std::string run(const std::string& command) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(
      ::popen((command + " 2>&1").c_str(), "r"), ::pclose);
  std::string output;
  std::array<char, 4096> buffer;
  while (pipe)
    if (const auto n = std::fread(buffer.data(), 1, buffer.size(), pipe.get()); n > 0)
      output.append(buffer.data(), n);
    else break;
  return output;
}

/// PostgreSQL refuses to run as root.
std::string as_postgres(const std::string& command) {
  return ::geteuid() == 0 ? "runuser -u postgres -- " + command : command;
}

double number_after(const std::string& text, std::string_view word) {
  const auto at = text.find(word);
  if (at == text.npos) throw std::runtime_error("pgbench: " + text.substr(0, 400));
  return std::strtod(text.c_str() + at + word.size(), nullptr);
}

class Cluster {
 public:
  explicit Cluster(const std::filesystem::path& folder)
      : data_((folder / "data").string()), folder_(folder.string()) {
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::filesystem::permissions(folder, std::filesystem::perms::all);
    run(as_postgres(
        fmt::format("{}/initdb -D {} -A trust -U postgres -E UTF8 --no-locale", programs, data_)));
    const auto said = run(as_postgres(fmt::format(
        "{}/pg_ctl -D {} -w -l {}/log -o '-k {} -c listen_addresses= "
        "-c max_connections=300 -c shared_buffers=512MB -c synchronous_commit=on' start",
        programs, data_, folder_, folder_)));
    if (said.find("server started") == said.npos)
      throw std::runtime_error("PostgreSQL did not start: " + said);
  }
  ~Cluster() {
    run(as_postgres(fmt::format("{}/pg_ctl -D {} -m immediate stop", programs, data_)));
  }
  Cluster(const Cluster&) = delete;

  [[nodiscard]] std::string sql(const std::string& file) const {
    return run(fmt::format("{}/psql -h {} -U postgres -v ON_ERROR_STOP=1 -q -f {}", programs,
                           folder_, file));
  }
  [[nodiscard]] std::string bench(const std::string& script, int connections,
                                  double seconds) const {
    return run(
        fmt::format("{}/pgbench -h {} -U postgres -n -M prepared -c {} -j 1 -T {} -f {} postgres",
                    programs, folder_, connections, static_cast<int>(seconds), script));
  }

 private:
  std::string data_, folder_;
};

}  // namespace

Peer measure_postgresql(const std::filesystem::path& scratch, int connections, double seconds) {
  if (!std::filesystem::exists(std::string(programs) + "/postgres")) return {};
  const Cluster cluster(scratch);
  const auto tables = (scratch / "schema.sql").string();
  std::ofstream(tables) << fmt::format(schema, orders);
  if (const auto said = cluster.sql(tables); said.find("ERROR") != said.npos)
    throw std::runtime_error(said);
  const auto measure = [&](const char* columns, const char* event, const char* data) {
    const auto script = (scratch / "transition.sql").string();
    std::ofstream(script) << fmt::format(transition, fmt::arg("orders", orders),
                                         fmt::arg("columns", columns), fmt::arg("event", event),
                                         fmt::arg("data", data));
    static_cast<void>(cluster.bench(script, connections, std::max(1.0, seconds / 5)));
    const auto said = cluster.bench(script, connections, std::max(1.0, seconds));
    return Peer::Transition{number_after(said, "tps = "), number_after(said, "latency average = ")};
  };
  return {measure("", "order.commented", commented),
          measure("priority = :priority::int, due = now(),", "order.priority_changed",
                  priority_changed)};
}

}  // namespace mf::bench
