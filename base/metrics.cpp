#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <list>
#include <mutex>
#include <unordered_map>

namespace mf::metrics {
namespace {

/// Our handles by the foreign metric behind them.
template <class Handle, class Inner>
class Handles {
 public:
  Handle& of(Inner& inner) {
    const std::lock_guard lock(mutex_);
    auto& handle = handles_[&inner];
    if (!handle) handle = std::make_unique<Handle>(inner);
    return *handle;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<Inner*, std::unique_ptr<Handle>> handles_;
};

struct Process {
  prometheus::Registry registry;
  Handles<Counter, prometheus::Counter> counters;
  Handles<Gauge, prometheus::Gauge> gauges;
  Handles<Histogram, prometheus::Histogram> histograms;
  std::mutex collectors_mutex;
  std::list<std::function<void()>> collectors;
};

/// Never destroyed: threads may still count while the process ends.
Process& process() {
  static auto& instance = *new Process;
  return instance;
}

}  // namespace

void Counter::add(double by) { inner_->Increment(by); }
double Counter::value() const { return inner_->Value(); }
void Gauge::set(double to) { inner_->Set(to); }
void Gauge::add(double by) { inner_->Increment(by); }
double Gauge::value() const { return inner_->Value(); }
void Histogram::observe(double value) { inner_->Observe(value); }

const std::vector<double>& latency_buckets() {
  static const std::vector<double> buckets{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                           0.01,   0.025,   0.05,   0.1,   0.25,   0.5,
                                           1,      2.5,     5,      10};
  return buckets;
}

const std::vector<double>& size_buckets() {
  static const std::vector<double> buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096};
  return buckets;
}

Counter& counter(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(process().registry);
  return process().counters.of(family.Add(labels));
}

Gauge& gauge(const std::string& name, const std::string& help, const Labels& labels) {
  auto& family = prometheus::BuildGauge().Name(name).Help(help).Register(process().registry);
  return process().gauges.of(family.Add(labels));
}

Histogram& histogram(const std::string& name, const std::string& help,
                     const std::vector<double>& buckets, const Labels& labels) {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(process().registry);
  return process().histograms.of(family.Add(labels, buckets));
}

std::shared_ptr<void> on_collect(std::function<void()> callback) {
  auto& all = process();
  const std::lock_guard lock(all.collectors_mutex);
  const auto place = all.collectors.insert(all.collectors.end(), std::move(callback));
  return {nullptr, [place](void*) {
            const std::lock_guard forget(process().collectors_mutex);
            process().collectors.erase(place);
          }};
}

std::string expose() {
  auto& all = process();
  {
    const std::lock_guard lock(all.collectors_mutex);
    for (const auto& collect : all.collectors) collect();
  }
  return prometheus::TextSerializer().Serialize(all.registry.Collect());
}

}  // namespace mf::metrics
