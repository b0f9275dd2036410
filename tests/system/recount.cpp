// What is there, compared with what was acknowledged.
#include "tests/system/callers.hpp"

namespace mf::system_test {

void Load::must_be_found_once(const std::string& title) {
  const auto found = world_.company->supervisor().get("/v1/orders?q=" + title);
  if (!found.ok() || found.json.at("data").size() != 1)
    complaints_ += title + " is not there once: " + found.text() + "\n";
}

void Load::recount(const std::string& id) {
  const auto answer = world_.company->supervisor().get("/v1/orders/" + id + "/timeline?limit=500");
  if (!answer.ok()) {
    complaints_ += id + ": " + answer.text() + "\n";
    return;
  }
  const auto what = Ledger::difference(ledger_.orders[id], answer.json.at("data"));
  if (!what.empty()) complaints_ += "order " + id + ": " + what + "\n";
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
  std::string cursor;
  do {
    const auto page = world_.company->supervisor().get("/v1/orders?limit=100" +
                                                       (cursor.empty() ? "" : "&cursor=" + cursor));
    if (!page.ok()) return void(complaints_ += "the list: " + page.text() + "\n");
    for (const auto& row : page.json.at("data"))
      found.insert(row.at("id").get<std::string>() + " " + row.at("title").get<std::string>());
    cursor = page.json.value("next_cursor", Json()).is_string()
                 ? page.json.at("next_cursor").get<std::string>()
                 : "";
  } while (!cursor.empty());
  if (found != expected)
    complaints_ += "the list has " + std::to_string(found.size()) + " orders instead of " +
                   std::to_string(expected.size()) + "\n";
}

}  // namespace mf::system_test
