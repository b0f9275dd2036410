#include "node/node_clock.hpp"

#include <pthread.h>
#include <time.h>

#include <fstream>
#include <sstream>

#include "base/bytes.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"

namespace mf::node {
namespace {

namespace fs = std::filesystem;
using std::chrono::nanoseconds;

constexpr auto look_every = std::chrono::seconds(1);
constexpr int looks_per_note = 60;

nanoseconds steady_now() {
  timespec at{};
  ::clock_gettime(CLOCK_BOOTTIME, &at);
  return std::chrono::seconds(at.tv_sec) + nanoseconds(at.tv_nsec);
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();  // nothing of what can't be read
  return std::move(text).str();
}

double seconds(Duration d) { return static_cast<double>(d.count()) / 1000; }

NodeTime first_time(const NodeClock::Options& options, const fs::path& file, std::string boot) {
  return time_at_start({.now = read_clocks(),
                        .boot = std::move(boot),
                        .last = parse_clock_record(text_of(file)),
                        .newest = options.newest,
                        .trusts_wall = options.trusts_wall});
}

}  // namespace

ClockReading read_clocks() { return {steady_now(), system_clock().now()}; }

std::string boot_of_machine() {
  auto text = text_of("/proc/sys/kernel/random/boot_id");
  std::erase(text, '\n');
  return text;
}

std::string to_text(const ClockRecord& record) {
  auto text = record.boot;
  for (const auto number :
       {static_cast<std::int64_t>(record.steady.count()), to_millis(record.time),
        static_cast<std::int64_t>(record.wall.offset.count()),
        static_cast<std::int64_t>(record.wall.same_since.count())})
    text += " " + std::to_string(number);
  return text + " " + to_hex(blake2b_128({"clock", text}).view()) + "\n";
}

std::optional<ClockRecord> parse_clock_record(const std::string& text) {
  std::istringstream in(text);
  ClockRecord record;
  std::int64_t steady = 0, time = 0, offset = 0, same_since = 0;
  if (!(in >> record.boot >> steady >> time >> offset >> same_since)) return {};
  record.steady = nanoseconds(steady);
  record.time = from_millis(time);
  record.wall = {nanoseconds(offset), nanoseconds(same_since)};
  if (to_text(record) != text) return {};  // its sum, too
  return record;
}

NodeClock::NodeClock(const Options& options)
    : file_(options.data_dir / "clock"),
      boot_(boot_of_machine()),
      fires_timers_(options.fires_timers),
      time_(first_time(options, file_, boot_)),
      offset_(time_.offset().count()) {
  if (!time_.is_proven())
    log::warn(log::node, "clock-in-doubt",
              {{"node_time", format_rfc3339(now())},
               {"wall_clock", format_rfc3339(system_clock().now())},
               {"newest_batch", format_rfc3339(options.newest)}});
  look();
  note();
  thread_ = std::thread([this] {
    ::pthread_setname_np(::pthread_self(), "clock");
    run();
  });
}

NodeClock::~NodeClock() {
  {
    const std::scoped_lock lock(mutex_);
    is_ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
  note();
}

Timestamp NodeClock::now() const {
  return Timestamp{std::chrono::floor<Duration>(steady_now() + nanoseconds(offset_.load()))};
}

void NodeClock::run() {
  std::unique_lock lock(mutex_);
  for (int looks = 1; !wake_.wait_for(lock, look_every, [this] { return is_ending_; }); ++looks) {
    look();
    if (looks % looks_per_note == 0) note();
  }
}

void NodeClock::look() {
  const auto change = time_.look(read_clocks());
  offset_ = time_.offset().count();
  is_settled_ = time_.is_settled();
  static auto& skew = metrics::gauge("microflow_clock_skew_seconds",
                                     "The machine's wall clock minus the node's time");
  skew.set(seconds(time_.skew()));
  tell(change);
}

void NodeClock::tell(NodeTime::Change change) const {
  using Change = NodeTime::Change;
  if (change == Change::none) return;
  const auto node_time = format_rfc3339(now());
  if (change == Change::became_right)
    return log::info(log::node, "clock-right-again", {{"node_time", node_time}});
  if (change == Change::stepped)
    return log::warn(log::node, "clock-stepped", {{"node_time", node_time}});
  metrics::counter("microflow_alarms_total", "Things an operator should look at, see the log",
                   {{"id", "clock-skewed"}})
      .add();
  log::error(log::node, "clock-skewed",
             {{"wall_minus_node_seconds", seconds(time_.skew())},
              {"node_time", node_time},
              {"believed_after_hours", NodeTime::believed_after / std::chrono::hours(1)},
              {"hint",
               "set the machine's clock right; if it is right, restart with "
               "--node.trust_wall_clock=true"}});
}

/// Not synced: without it the next life has the wall clock and the journal to go by.
void NodeClock::note() const {
  if (boot_.empty() || !time_.is_proven()) return;
  const auto steady = steady_now();
  const auto draft = fs::path(file_) += ".new";
  {
    std::ofstream out(draft, std::ios::binary);
    out << to_text({boot_, steady, time_.at(steady), time_.wall()});
    if (!out) return;
  }
  std::error_code ignored;
  fs::rename(draft, file_, ignored);
}

}  // namespace mf::node
