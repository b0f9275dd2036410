#include "actors/host/reader_thread.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <limits>
#include <thread>

using namespace mf;

TEST_CASE("reader thread: a stop waits for the running read and drops those behind it") {
  std::promise<void> has_begun, may_end;
  int done = 0;
  host::ReaderThread reader("reader", std::numeric_limits<std::size_t>::max());
  REQUIRE(reader.run([&] {
    has_begun.set_value();
    may_end.get_future().wait();
    ++done;
  }));
  REQUIRE(reader.run([&] { ++done; }));
  has_begun.get_future().wait();
  auto stopped = std::async(std::launch::async, [&] { reader.stop(); });
  while (reader.run([&] { ++done; })) std::this_thread::yield();  // only a stop refuses
  may_end.set_value();
  stopped.get();
  CHECK(done == 1);
  CHECK_FALSE(reader.run([] {}));
}
