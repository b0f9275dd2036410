// The order in which a board comes to the dispatchers' thread. Their runtime here says everything
// within one call, so that all of it is one mail.
#include <catch2/catch.hpp>
#include <future>

#include "actors/dispatch/dispatchers.hpp"
#include "actors/work_order/work_order_codec.hpp"
#include "tests/dispatch/zone.hpp"
#include "tests/host/house.hpp"

namespace mf::test::mail_test {
namespace {

views::BoardRow board_row(const Json& row) {
  return {row.at("id"), row.at("version"), std::make_shared<const std::string>(to_text(row))};
}

/// A board that changes while its snapshot is on the way.
class QuickBoard final : public host::Runtime {
 public:
  QuickBoard() {
    auto view = std::make_shared<views::CatalogueView>();
    view->zones = R"([{"id":"zon_north","dispatch":"automatic"}])";
    view->zone_ids = {"zon_north"};
    catalogue_ = std::move(view);
    kinds_.add(work_order::make_work_order_kind({}));
    paper_.technician(technician_, 6.25, -75.56);
    paper_.order(order, 6.26, -75.57);
  }
  void board(std::uint64_t tag, Id zone, host::Sink& sink) override {
    sink.post(
        {{tag, views::BoardReply{
                   .rows = {board_row(paper_.rows.at(technician_))}, .at = 1, .counts = "{}"}}});
    views::BoardDelta delta{
        .zone = zone, .at = 2, .rows = {board_row(paper_.rows.at(order))}, .gone = {}};
    sink.post(std::make_shared<const views::BoardDelta>(std::move(delta)));
  }
  void submit(std::vector<host::TaggedCommand> commands, host::Sink&) override {
    if (commands.empty() || std::exchange(has_sent_, true)) return;
    sent_.set_value(commands.front().command.target.id);
  }
  /// The order that the first command is for; nothing if there is none.
  std::optional<Id> first_command() {
    auto sent = sent_.get_future();
    if (sent.wait_for(10s) != std::future_status::ready) return {};
    return sent.get();
  }

  void read(std::uint64_t, const EntityRef&, const Principal&, host::Sink&) override {}
  void ask(std::uint64_t, const EntityRef&, std::string, std::string, const Principal&,
           host::Sink&) override {}
  void timeline(std::uint64_t, const EntityRef&, std::uint64_t, int, const Principal&,
                host::Sink&) override {}
  void list(std::uint64_t, views::ListQuery, entity::Viewpoint, host::Sink&) override {}
  void watch_board(const Id&, host::Sink&, views::Pace) override {}
  void unwatch_board(const Id&, host::Sink&, views::Pace) override {}
  void follow(host::Sink&) override {}
  void unfollow(host::Sink&) override {}
  std::shared_ptr<const views::CatalogueView> catalogue() const override { return catalogue_; }
  const entity::Kinds& kinds() const override { return kinds_; }
  std::uint16_t shard_count() const override { return 1; }
  const std::string& era() const override { return era_; }
  host::Health health() const override { return {}; }

  ManualClock clock;
  const Id order = random_id("ord");

 private:
  const Id technician_ = random_id("tec");
  PaperZone paper_;
  entity::Kinds kinds_;
  std::shared_ptr<const views::CatalogueView> catalogue_;
  std::string era_ = "era";
  std::promise<Id> sent_;
  bool has_sent_ = false;
};

}  // namespace

TEST_CASE(
    "dispatchers: what a board tells right after its snapshot is not lost with what was before") {
  QuickBoard runtime;
  dispatch::Dispatchers dispatchers(runtime, runtime.clock, dispatch::Settings{});
  CHECK(runtime.first_command() == runtime.order);
  dispatchers.stop();
}

}  // namespace mf::test::mail_test
