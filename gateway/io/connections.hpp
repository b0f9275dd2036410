#pragma once
// The sockets of one gateway thread: their deadlines, and how they are told to leave.
#include <boost/intrusive/list.hpp>

#include "base/time.hpp"
#include "gateway/io/pending_answers.hpp"

namespace mf::gateway {

/// A socket's session: watched for its deadline and told to leave when the node drains.
class Connection : public boost::intrusive::list_base_hook<
                       boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  virtual ~Connection() = default;
  /// Checked every 200 ms. Set it before each thing that may hang.
  SteadyTime deadline = SteadyTime::max();
  /// The deadline has passed (and is max() again): close.
  virtual void expire() = 0;
  /// Finish what is running within `time`, then close; keep-alive ends here.
  virtual void drain(Duration time) = 0;
  /// Close at once.
  virtual void abort() = 0;
  /// Nobody has logged in on it, and nothing of it is being worked on: the first to go when the
  /// node is nearly full.
  [[nodiscard]] virtual bool is_idle_stranger() const = 0;
};

/// Those that are open, oldest first. Belongs to one thread; a connection leaves with its end.
class Connections {
 public:
  void watch(Connection& connection) { all_.push_back(connection); }
  /// Expires what is due.
  void tick(SteadyTime now);
  void drain(Duration time);
  void abort_all();
  /// Closes the oldest idle stranger; false when there is none.
  bool close_idle_stranger();

 private:
  boost::intrusive::list<Connection, boost::intrusive::constant_time_size<false>> all_;
};

}  // namespace mf::gateway
