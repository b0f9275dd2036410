#pragma once
// A zone on paper for the pure dispatcher: its board as rows, and what its commands would do there.
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "actors/dispatch/dispatcher.hpp"
#include "base/json.hpp"

namespace mf::test {

using Json = nlohmann::json;
using namespace std::chrono_literals;

inline Timestamp morning() { return *parse_rfc3339("2026-11-30T13:00:00Z"); }  // 08:00 in Bogota

class PaperZone {
 public:
  explicit PaperZone(dispatch::Settings settings = {}) : dispatcher("zon_north", settings) {
    dispatcher.set(dispatch::Mode::automatic);
  }

  Json& technician(const std::string& id, double lat, double lon) {
    auto& row = rows[id];
    row = {{"id", id},
           {"version", 1},
           {"kind", "technician"},
           {"name", "Ana " + id},
           {"zones", {"zon_north"}},
           {"availability", "available"},
           {"home", {{"lat", lat}, {"lon", lon}}}};
    return row;
  }
  Json& order(const std::string& id, double lat, double lon, int priority = 3) {
    auto& row = rows[id];
    row = {{"id", id},
           {"version", 1},
           {"kind", "order"},
           {"code", "C-" + id},
           {"status", "TRIAGED"},
           {"priority", priority},
           {"lat", lat},
           {"lon", lon},
           {"duration_ms", 3'600'000},
           {"created_at", format_rfc3339(now - 1min)}};
    return row;
  }
  /// The row as it is now, one version more.
  void changed(const std::string& id) {
    rows[id]["version"] = rows[id]["version"].get<int>() + 1;
    views::BoardDelta delta{.zone = "zon_north", .at = ++at, .rows = {row(id)}, .gone = {}};
    dispatcher.take(delta);
  }
  void gone(const std::string& id) {
    views::BoardDelta delta{.zone = "zon_north", .at = ++at, .rows = {}, .gone = {}};
    delta.gone.push_back({id, rows[id]["version"].get<std::uint64_t>() + 1});
    rows.erase(id);
    dispatcher.take(delta);
  }
  void show() {
    views::BoardReply board{.rows = {}, .at = ++at, .counts = "{}"};
    for (const auto& [id, json] : rows) board.rows.push_back(row(id));
    dispatcher.take(board);
  }

  /// Steps until there is nothing to do at this moment; the board is given when it is asked for.
  /// The commands sent meanwhile, not answered.
  std::vector<dispatch::Command> commands() {
    std::vector<dispatch::Command> all;
    for (int i = 0; i < 200; ++i) {
      auto step = dispatcher.step(now);
      all.insert(all.end(), step.commands.begin(), step.commands.end());
      if (step.search) dispatcher.take(dispatch::search(*step.search, {.iterations = 300}));
      if (step.wants_board) show();
      else if (step.wake_at > now) break;
    }
    return all;
  }
  /// A yes, as the order would show it.
  void done(const dispatch::Command& command) {
    auto& row = rows[command.order];
    const auto body = parse_json(command.body);
    const bool is_offer = command.verb != "schedule";
    row["status"] = is_offer ? "ASSIGNED" : "SCHEDULED";
    if (body.contains("from")) {
      const auto from = *parse_rfc3339(body["from"].get<std::string>());
      const Duration length{row["duration_ms"].get<std::int64_t>()};
      row["slot"] = {{"from", format_rfc3339(from)}, {"to", format_rfc3339(from + length)}};
    }
    row.erase("plan");
    if (!is_offer) row.erase("technician");
    if (is_offer) row["technician"] = body["technician"];
    else if (body.contains("technician"))
      row["plan"] = {{"technician", body["technician"]}, {"technician_name", "?"}};
    dispatcher.take(command.tag, entity::Outcome{.version = command.expected_version + 1}, now);
    changed(command.order);
  }
  void refused(const dispatch::Command& command, const std::string& code,
               RejectionKind kind = RejectionKind::conflict) {
    dispatcher.take(command.tag, entity::Reply{Rejection{kind, code, {}, {}}}, now);
  }
  /// One command, answered yes.
  dispatch::Command only() {
    const auto list = commands();
    if (list.size() != 1) throw std::logic_error(std::to_string(list.size()) + " commands");
    done(list.front());
    return list.front();
  }
  [[nodiscard]] std::string reason_of(const std::string& order) const {
    for (const auto& waiting : dispatcher.report(now).waiting)
      if (waiting.order == order) return waiting.reason;
    return {};
  }

  dispatch::Dispatcher dispatcher;
  std::map<std::string, Json> rows;
  Timestamp now = morning();
  std::uint64_t at = 0;

 private:
  views::BoardRow row(const std::string& id) const {
    return {id, rows.at(id)["version"].get<std::uint64_t>(),
            std::make_shared<const std::string>(to_text(rows.at(id)))};
  }
};

/// Planned with, or the visit's.
inline std::string whose(const Json& order) {
  return order.contains("plan") ? order["plan"]["technician"].get<std::string>()
                                : order.value("technician", "");
}
inline void plan(Json& row, const std::string& technician, Timestamp from, Timestamp to) {
  row["status"] = "SCHEDULED";
  row["plan"] = {{"technician", technician}, {"technician_name", "Ana"}};
  row["slot"] = {{"from", format_rfc3339(from)}, {"to", format_rfc3339(to)}};
}

/// What the technicians' own agendas would show.
inline void show_agendas(PaperZone& zone) {
  for (auto& [id, row] : zone.rows) {
    if (row["kind"] != "technician") continue;
    auto agenda = Json::array();
    for (const auto& [order_id, order] : zone.rows)
      if (order["kind"] == "order" && whose(order) == id)
        agenda.push_back(
            {{"order", order_id}, {"from", order["slot"]["from"]}, {"to", order["slot"]["to"]}});
    if (row.value("agenda", Json::array()) == agenda) continue;
    row["agenda"] = agenda;
    zone.changed(id);
  }
}

inline std::string technician_of(const dispatch::Command& command) {
  return parse_json(command.body)["technician"].get<std::string>();
}
inline Timestamp from_of(const dispatch::Command& command) {
  return *parse_rfc3339(parse_json(command.body)["from"].get<std::string>());
}

}  // namespace mf::test
