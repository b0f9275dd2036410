#pragma once
#include <map>
#include <set>

#include "tests/system/company.hpp"

namespace mf::system_test {

/// What a careful client makes of topics over any number of connections: streams are resumed with
/// the token of the last push, views begin anew with each snapshot and keep the higher version.
class Follower {
 public:
  Follower(Loop& loop, const Person& person) : loop_(loop), live_(loop), token_(person.token()) {}

  void follow(const std::string& topic) { topics_.push_back(topic); }
  /// Connects and resumes the first `count` topics.
  void connect(const Address& address, std::size_t count = SIZE_MAX);
  /// The same with all topics, without waiting for any answer before the next question.
  void connect_at_once(const Address& address);
  void cut();
  /// Takes in what has been pushed so far.
  void absorb();

  /// The events of a stream in the order in which they came.
  [[nodiscard]] const std::vector<Json>& events(const std::string& topic) { return events_[topic]; }
  /// The rows of a view by id.
  [[nodiscard]] const std::map<std::string, Json>& rows(const std::string& topic) {
    return rows_[topic];
  }
  [[nodiscard]] Live& live() { return live_; }
  /// Resumptions that gave a snapshot instead of what was missed.
  [[nodiscard]] int not_recovered() const { return not_recovered_; }

 private:
  [[nodiscard]] Json question(const std::string& topic) const;
  void resume(const std::string& topic);
  void take_rows(const std::string& topic, const Json& rows);

  Loop& loop_;
  Live live_;
  std::string token_;
  std::vector<std::string> topics_;
  std::map<std::string, std::string> at_;
  std::map<std::string, std::vector<Json>> events_;
  std::map<std::string, std::map<std::string, Json>> rows_;
  std::map<std::string, std::map<std::string, std::uint64_t>> gone_;
  int not_recovered_ = 0;
};

}  // namespace mf::system_test
