#include "node/waiting_sink.hpp"

#include <catch2/catch.hpp>

using namespace mf;

TEST_CASE("waiting sink: an answer that nobody waits for any more is not kept") {
  node::WaitingSink sink;
  const auto late = sink.expect(), asked = sink.expect();
  CHECK_FALSE(sink.wait(late, Duration{1}));
  const auto answer = [](std::uint64_t tag, std::string json) {
    return host::TaggedAnswer{tag, views::ReadReply{.json = std::move(json)}};
  };
  std::vector<host::TaggedAnswer> answers;
  answers.push_back(answer(late, "late"));
  answers.push_back(answer(asked, "asked"));
  sink.post(std::move(answers));
  CHECK(std::get<views::ReadReply>(sink.wait(asked, Duration{1}).value()).json == "asked");
}
