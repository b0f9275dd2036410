#pragma once
#include <atomic>
#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace mf::gateway::http {

/// A certificate and its key, read again when they change. context() from any thread.
class TlsFiles {
 public:
  TlsFiles(std::string certificate, std::string key);
  /// Reads both; on failure what was loaded before stays.
  Status load();
  /// load() when a file is newer than what is loaded; true when it was.
  [[nodiscard]] Result<bool> load_if_changed();
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> context() const {
    return context_.load();
  }

 private:
  using FileTime = std::filesystem::file_time_type;
  [[nodiscard]] std::pair<FileTime, FileTime> times() const;
  std::string certificate_, key_;
  std::pair<FileTime, FileTime> loaded_;
  std::atomic<std::shared_ptr<boost::asio::ssl::context>> context_;
};

}  // namespace mf::gateway::http
