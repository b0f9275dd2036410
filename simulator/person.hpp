#pragma once
// What the people of a day have in common: a stream of their own, opened again when it is lost.
#include <memory>
#include <string>
#include <string_view>

#include "simulator/day.hpp"

namespace mf::simulator {

struct Person : std::enable_shared_from_this<Person> {
  Person(Day& d, User& u) : day(d), user(u) {}
  virtual ~Person() = default;
  Person(const Person&) = delete;
  Person& operator=(const Person&) = delete;

  Day& day;
  User& user;
  std::shared_ptr<Stream> stream;  ///< nullptr: it could not be opened

  [[nodiscard]] bool is_online() const { return stream && stream->is_open(); }
  /// True once the stream is open; its pushes then come to on_push().
  asio::awaitable<bool> go_online();

 protected:
  virtual void on_push(std::string_view verb, const std::string& json) = 0;

 private:
  void hear(std::string_view verb, const std::string& json);
};

}  // namespace mf::simulator
