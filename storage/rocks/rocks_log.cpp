#include "storage/rocks/rocks_log.hpp"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <string_view>

#include "base/log.hpp"

namespace mf::storage {
namespace {

class RocksLog final : public rocksdb::Logger {
 public:
  RocksLog() : rocksdb::Logger(rocksdb::InfoLogLevel::WARN_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list values) override {
    std::array<char, 1024> text{};
    std::vsnprintf(text.data(), text.size(), format, values);
    std::string_view said(text.data());
    while (said.ends_with('\n') || said.ends_with(' ')) said.remove_suffix(1);
    log::warn(log::journal, "rocksdb-says", {{"text", said}});
  }
};

}  // namespace

std::shared_ptr<rocksdb::Logger> make_rocks_log() { return std::make_shared<RocksLog>(); }

}  // namespace mf::storage
