// What is there, compared with what was acknowledged.
#include <algorithm>

#include "tests/system/callers.hpp"

namespace mf::system_test {

void Load::must_be_found_once(const std::string& title) {
  const auto found = world_.company->supervisor().get("/v1/orders?q=" + title);
  // Its digits may begin another order's code, too.
  const auto is_it = [&](const Json& row) { return row.at("title") == title; };
  if (!found.ok() || std::ranges::count_if(found.json.at("data"), is_it) != 1)
    complaints_ += title + " is not there once: " + found.text() + "\n";
}

void Load::recount(const std::string& id) try {
  const auto events = world_.company->supervisor().all("/v1/orders/" + id + "/timeline");
  const auto what = Ledger::difference(ledger_.orders[id], events);
  if (!what.empty()) complaints_ += "order " + id + ": " + what + "\n";
} catch (const std::runtime_error& error) {
  complaints_ += error.what() + std::string("\n");
}

void Load::recount_touched() {
  for (const auto& id : std::exchange(ledger_.touched, {})) recount(id);
}

void Load::recount_all() {
  std::multiset<std::string> found, expected;
  for (const auto& [id, order] : ledger_.orders) {
    recount(id);
    expected.insert(id + " " + order.title);
  }
  for (const auto& row : world_.company->supervisor().all("/v1/orders"))
    found.insert(row.at("id").get<std::string>() + " " + row.at("title").get<std::string>());
  if (found != expected)
    complaints_ += "the list has " + std::to_string(found.size()) + " orders instead of " +
                   std::to_string(expected.size()) + "\n";
}

}  // namespace mf::system_test
