#include "tests/system/follower.hpp"

#include "base/json.hpp"

namespace mf::system_test {

void Follower::connect(const Address& address, std::size_t count) {
  cut();
  live_.open(address, token_);
  for (std::size_t i = 0; i < std::min(count, topics_.size()); ++i) resume(topics_[i]);
}

void Follower::connect_at_once(const Address& address) {
  cut();
  live_.open(address, token_);
  int id = 1000;
  for (const auto& topic : topics_)
    live_.send(to_text(Json{{"id", ++id}, {"sub", question(topic)}}));
}

Json Follower::question(const std::string& topic) const {
  Json body{{"topic", topic}};
  const auto at = at_.find(topic);
  if (at != at_.end()) body["since"] = at->second;
  return body;
}

void Follower::cut() {
  live_.cut();
  // What had arrived before must count, or it would come twice.
  if (!loop_.wait([this] { return !live_.is_open(); }))
    throw std::runtime_error("a cut connection does not end");
  absorb();
}

void Follower::resume(const std::string& topic) {
  const bool is_stream = topic.starts_with("order:");
  const bool is_known = at_.contains(topic);
  const auto reply = live_.call("sub", question(topic));
  if (!reply.contains("ok")) throw std::runtime_error(topic + ": " + to_text(reply));
  const auto& ok = reply.at("ok");
  if (!is_stream) {
    rows_[topic].clear();
    gone_[topic].clear();
    return take_rows(topic, ok.at("rows"));
  }
  if (is_known && !ok.value("recovered", false)) ++not_recovered_;
  if (!is_known) at_[topic] = ok.at("at");
}

void Follower::take_rows(const std::string& topic, const Json& rows) {
  for (const auto& row : rows) {
    const std::string id = row.at("id");
    const auto version = row.at("version").get<std::uint64_t>();
    const auto gone = gone_[topic].find(id);
    if (gone != gone_[topic].end() && gone->second > version) continue;
    auto& known = rows_[topic][id];
    if (known.is_null() || known.at("version") <= version) known = row;
  }
}

void Follower::absorb() {
  for (const auto& push : std::exchange(live_.pushes(), {})) {
    if (push.contains("pub")) {
      const std::string topic = push["pub"].at("topic");
      events_[topic].push_back(push["pub"].at("event"));
      at_[topic] = push["pub"].at("at");
    }
    if (!push.contains("view")) continue;
    const std::string topic = push["view"].at("topic");
    take_rows(topic, push["view"].at("rows"));
    for (const auto& gone : push["view"].value("gone", Json::array())) {
      const std::string id = gone.at("id");
      const auto version = gone.at("version").get<std::uint64_t>();
      gone_[topic][id] = version;
      const auto known = rows_[topic].find(id);
      if (known != rows_[topic].end() && known->second.at("version") <= version)
        rows_[topic].erase(known);
    }
  }
}

}  // namespace mf::system_test
