#pragma once
// What a simulation counts and measures.
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mf::simulator {

using Moment = std::chrono::steady_clock::time_point;

class Figures {
 public:
  void answered(const std::string& method, int status, const std::string& code);
  /// A command sent at `sent` made this version of the order. With its frame on the order's topic
  /// that is one push latency, whichever of the two comes first.
  void committed(const std::string& order, std::uint64_t version, const std::string& state,
                 Moment sent);
  void frame(const std::string& order, std::uint64_t version, Moment received);
  /// A board's row; counts where it is the newest that is known.
  void seen(const std::string& order, std::uint64_t version, const std::string& state);

  std::uint64_t commands = 0, rejected = 0, refused = 0, unanswered = 0, frames = 0,
                assignments = 0, positions = 0, synced = 0, reconnects = 0;
  int connected = 0;
  std::map<std::string, std::uint64_t> by_method, by_code;

  [[nodiscard]] std::map<std::string, int> orders_by_state() const;
  /// Orders that are not over.
  [[nodiscard]] int open() const;
  [[nodiscard]] std::size_t latencies() const { return latencies_.size(); }
  /// Milliseconds; 0 without any.
  [[nodiscard]] double latency(double quantile) const;
  /// Of the last seconds.
  [[nodiscard]] double commands_per_second(Moment now);

 private:
  struct Order {
    std::uint64_t version = 0;
    std::string state;
    std::map<std::uint64_t, Moment> sent, received;  ///< without the other half yet
  };
  void measure(Order& order, std::uint64_t version);

  std::unordered_map<std::string, Order> orders_;
  std::vector<float> latencies_;
  std::deque<std::pair<Moment, std::uint64_t>> recent_;
};

}  // namespace mf::simulator
