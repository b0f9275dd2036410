// How long the dispatcher thinks; not run by default: dispatch_test "[measure]".
#include <catch2/catch.hpp>
#include <chrono>
#include <iostream>

#include "actors/dispatch/advice.hpp"
#include "tests/dispatch/zone.hpp"

using namespace mf;
using namespace mf::test;

namespace {

double milliseconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin)
      .count();
}

void print(const char* what, std::vector<double> times) {
  std::ranges::sort(times);
  std::cout << what << ": p50 " << times[times.size() / 2] << " ms, p99 "
            << times[times.size() * 99 / 100] << " ms, most " << times.back() << " ms\n";
}

}  // namespace

TEST_CASE("measure: one new order among 500 technicians and 2,000 orders", "[.][measure]") {
  PaperZone zone({.offer_ahead = 2h, .offers_per_technician = 2});
  for (int i = 0; i < 500; ++i)
    zone.technician("tec_" + std::to_string(i), 6.2 + 0.0002 * i, -75.6 + 0.0001 * (i * 7 % 500));
  for (int i = 0; i < 2000; ++i)
    zone.order("ord_" + std::to_string(i), 6.2 + 0.00005 * i, -75.6 + 0.00003 * (i * 11 % 2000),
               1 + i % 4);
  std::cout << "first 2,000: " << milliseconds_of([&] {
    for (int round = 0; round < 200; ++round) {
      const auto commands = zone.commands();
      for (const auto& command : commands) zone.done(command);
      if (commands.empty()) break;
    }
  }) << " ms\n";
  std::vector<double> orders, others, technicians;
  for (int i = 0; i < 200; ++i) {
    zone.now += 1s;
    zone.order("new_" + std::to_string(i), 6.2 + 0.0005 * i, -75.6 + 0.0003 * i);
    zone.changed("new_" + std::to_string(i));
    // Until it is decided; what is tried again comes in steps of its own, each of which the next
    // order may have to wait for.
    dispatch::Step decided;
    orders.push_back(milliseconds_of([&] { decided = zone.dispatcher.step(zone.now); }));
    CHECK_FALSE(decided.commands.empty());
    for (const auto& command : decided.commands) zone.done(command);
    for (int j = 0; j < 50; ++j) {
      dispatch::Step step;
      others.push_back(milliseconds_of([&] { step = zone.dispatcher.step(zone.now); }));
      for (const auto& command : step.commands) zone.done(command);
      if (step.wake_at > zone.now) break;
    }
    for (const auto& command : zone.commands()) zone.done(command);
    auto& row = zone.rows["tec_" + std::to_string(i)];
    row["position"] = {
        {"at", format_rfc3339(zone.now)}, {"lat", 6.21 + 0.0004 * i}, {"lon", -75.58}};
    zone.changed("tec_" + std::to_string(i));
    dispatch::Step step;
    technicians.push_back(milliseconds_of([&] { step = zone.dispatcher.step(zone.now); }));
    for (const auto& command : step.commands) zone.done(command);
  }
  print("a new order", orders);
  print("a step that tries again, or finds nothing", others);
  print("a technician moves", technicians);

  std::vector<double> asked, hopeless;
  const auto& picture = zone.dispatcher.picture();
  for (int i = 0; i < 50; ++i) {
    auto wanted = dispatch::wanted_of(picture.orders().begin()->second, "zon_north", {}, zone.now);
    wanted.order.id = wanted.claim.order = "asked";
    const auto ask = [&] {
      static_cast<void>(dispatch::candidates(*zone.dispatcher.day(), picture, wanted, zone.now));
    };
    asked.push_back(milliseconds_of(ask));
    wanted.claim.skills = wanted.order.skills = {{"fibra", 2}};
    hopeless.push_back(milliseconds_of(ask));
  }
  print("candidates", asked);
  print("nobody, and what would help", hopeless);
}
