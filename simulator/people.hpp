#pragma once
// What each person does all day. Each is one coroutine that ends when the day does.
#include "simulator/day.hpp"

namespace mf::simulator {

asio::awaitable<void> live_as_client(Day& day, User& user);
asio::awaitable<void> live_as_supervisor(Day& day, User& user);
asio::awaitable<void> live_as_technician(Day& day, User& user);

/// Metres between two places of one city.
[[nodiscard]] double metres(const Place& a, const Place& b);

}  // namespace mf::simulator
