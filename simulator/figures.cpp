#include "simulator/figures.hpp"

#include <algorithm>

namespace mf::simulator {
namespace {

constexpr std::size_t latencies_max = 1'000'000, halves_max = 8;

}  // namespace

void Figures::answered(const std::string& method, int status, const std::string& code) {
  ++commands;
  ++by_method[method];
  if (status / 100 == 2) return;
  if (status == 0) ++unanswered;
  else if (status == 404 || status == 409) ++rejected;  // the domain's no
  else ++refused;
  ++by_code[code.empty() ? "no_answer" : code];
}

void Figures::committed(const std::string& order, std::uint64_t version, const std::string& state,
                        Moment sent) {
  seen(order, version, state);
  auto& known = orders_[order];
  known.sent.emplace(version, sent);
  if (known.sent.size() > halves_max) known.sent.erase(known.sent.begin());
  measure(known, version);
}

void Figures::frame(const std::string& order, std::uint64_t version, Moment received) {
  ++frames;
  auto& known = orders_[order];
  known.received.emplace(version, received);
  if (known.received.size() > halves_max) known.received.erase(known.received.begin());
  measure(known, version);
}

void Figures::measure(Order& order, std::uint64_t version) {
  const auto sent = order.sent.find(version);
  const auto received = order.received.find(version);
  if (sent == order.sent.end() || received == order.received.end()) return;
  const std::chrono::duration<float, std::milli> took = received->second - sent->second;
  if (latencies_.size() < latencies_max) latencies_.push_back(took.count());
  order.sent.erase(sent);
  order.received.erase(received);
}

void Figures::seen(const std::string& order, std::uint64_t version, const std::string& state) {
  auto& known = orders_[order];
  if (known.version > version) return;
  known.version = version;
  known.state = state;
}

std::map<std::string, int> Figures::orders_by_state() const {
  std::map<std::string, int> out;
  for (const auto& [id, order] : orders_)
    if (!order.state.empty()) ++out[order.state];
  return out;
}

int Figures::open() const {
  static constexpr std::string_view ends[] = {"CLOSED", "CANCELLED", "REJECTED"};
  int count = 0;
  for (const auto& [state, orders] : orders_by_state())
    if (std::ranges::find(ends, state) == std::end(ends)) count += orders;
  return count;
}

double Figures::latency(double quantile) const {
  if (latencies_.empty()) return 0;
  auto sorted = latencies_;
  const auto at = static_cast<std::ptrdiff_t>(quantile * static_cast<double>(sorted.size() - 1));
  std::ranges::nth_element(sorted, sorted.begin() + at);
  return sorted[static_cast<std::size_t>(at)];
}

double Figures::commands_per_second(Moment now) {
  recent_.emplace_back(now, commands);
  while (recent_.size() > 2 && now - recent_.front().first > std::chrono::seconds(10))
    recent_.pop_front();
  const std::chrono::duration<double> span = now - recent_.front().first;
  if (span.count() <= 0) return 0;
  return static_cast<double>(commands - recent_.front().second) / span.count();
}

}  // namespace mf::simulator
