#include "actors/host/view_feed.hpp"

#include <catch2/catch.hpp>

using namespace mf::host;

TEST_CASE("view feed: what finds no room is told once, until the view has begun anew") {
  ViewFeed feed(2, 1000);
  CHECK(feed.offer(400) == ViewFeed::Offer::taken);
  CHECK(feed.offer(700) == ViewFeed::Offer::lost);  // too many bytes
  CHECK(feed.offer(1) == ViewFeed::Offer::lost_again);
  feed.taken_out(400);
  CHECK(feed.offer(1) == ViewFeed::Offer::lost_again);  // there is room, but a hole before it
  feed.begin_anew();
  CHECK(feed.offer(1) == ViewFeed::Offer::taken);
  CHECK(feed.offer(1) == ViewFeed::Offer::taken);
  CHECK(feed.offer(1) == ViewFeed::Offer::lost);  // too many batches
  CHECK(feed.batches() == 2);
  CHECK(feed.bytes() == 2);
}

TEST_CASE("door: number and bytes are bounded, and a pass gives back what it took") {
  Door door(2, 1000);
  {
    auto first = door.pass(600);
    REQUIRE(first);
    CHECK_FALSE(door.pass(500));
    const auto moved = std::move(*first);
    CHECK(door.count() == 1);
    CHECK(door.bytes() == 600);
    const auto second = door.pass(400);
    REQUIRE(second);
    CHECK_FALSE(door.pass(0));
  }
  CHECK(door.count() == 0);
  CHECK(door.bytes() == 0);
}
