#pragma once
// Numbers for operators, in one process-wide registry. A handle is resolved once and kept; its
// updates are thread-safe, never allocate and cost some tens of nanoseconds.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace mf::metrics {

using Labels = std::map<std::string, std::string>;

/// Only grows.
class Counter {
 public:
  explicit Counter(prometheus::Counter& inner) : inner_(&inner) {}
  void add(double by = 1);
  [[nodiscard]] double value() const;

 private:
  prometheus::Counter* inner_;
};

/// Goes up and down.
class Gauge {
 public:
  explicit Gauge(prometheus::Gauge& inner) : inner_(&inner) {}
  void set(double to);
  void add(double by);
  [[nodiscard]] double value() const;

 private:
  prometheus::Gauge* inner_;
};

/// Counts observations per bucket. Times are observed in seconds.
class Histogram {
 public:
  explicit Histogram(prometheus::Histogram& inner) : inner_(&inner) {}
  void observe(double value);

 private:
  prometheus::Histogram* inner_;
};

/// Upper bounds in seconds, from 100 µs to 10 s.
[[nodiscard]] const std::vector<double>& latency_buckets();
/// 1, 2, 4 … 4096: sizes of batches and queues.
[[nodiscard]] const std::vector<double>& size_buckets();

/// The metric of this name and these labels, made at the first call; the reference lives as long as
/// the process. Names are `microflow_…`, counters end in `_total`, times in `_seconds`.
/// A name that is already used for another type of metric throws std::invalid_argument.
[[nodiscard]] Counter& counter(const std::string& name, const std::string& help,
                               const Labels& labels = {});
[[nodiscard]] Gauge& gauge(const std::string& name, const std::string& help,
                           const Labels& labels = {});
[[nodiscard]] Histogram& histogram(const std::string& name, const std::string& help,
                                   const std::vector<double>& buckets, const Labels& labels = {});

/// Runs `callback` before every expose(), on its thread, to set gauges that are only worth
/// computing when somebody looks. It is forgotten when the returned handle goes: that waits for a
/// running collection, so what the callback captures may die right after. It must not call
/// on_collect() or expose().
[[nodiscard]] std::shared_ptr<void> on_collect(std::function<void()> callback);

/// Everything in the Prometheus text format (version 0.0.4), for GET /metrics.
[[nodiscard]] std::string expose();

}  // namespace mf::metrics
