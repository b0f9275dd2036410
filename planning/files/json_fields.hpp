#pragma once
// Reading a JSON document field by field. It is what planning files have instead of
// base/described_json.hpp, whose rules are those of requests: short lists, all members required.
#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace mf::planning_files {

class JsonField;

/// A parsed text and the first complaint about it.
class JsonDocument {
 public:
  /// ErrorCode::limit above 64 MiB, else invalid_argument with the line and column of the mistake.
  [[nodiscard]] static Result<JsonDocument> parse(std::string_view text);

  [[nodiscard]] JsonField root() const;
  /// ErrorCode::invalid_argument, "visits.3.due: must be a number", if there was a complaint.
  [[nodiscard]] Status status() const;

 private:
  friend class JsonField;
  struct Content;
  explicit JsonDocument(std::shared_ptr<Content> content) : content_(std::move(content)) {}
  std::shared_ptr<Content> content_;
};

/// A value of a document, or the absence of one: a member that isn't there or is null. Reading one
/// that has another type complains and gives the default, so that callers go on without branches
/// and ask the document at the end. Valid as long as its document.
class JsonField {
 public:
  [[nodiscard]] bool is_present() const { return value_ != nullptr; }
  /// "visits.3.due".
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool is_number() const;
  [[nodiscard]] bool is_text() const;
  [[nodiscard]] bool is_object() const;
  [[nodiscard]] bool is_list() const;

  [[nodiscard]] JsonField operator[](std::string_view name) const;
  /// Complains about something else than an object, and about members with other names.
  void allow(std::span<const std::string_view> names) const;
  void allow(std::initializer_list<std::string_view> names) const {
    allow(std::span(names.begin(), names.size()));
  }
  /// Complains about absence.
  [[nodiscard]] const JsonField& required() const;

  [[nodiscard]] double number(double otherwise = 0) const;
  /// Neither negative nor with a fraction.
  [[nodiscard]] std::size_t count(std::size_t otherwise = 0) const;
  [[nodiscard]] std::string text(std::string otherwise = {}) const;
  [[nodiscard]] std::vector<JsonField> items() const;
  /// `null`: what a null among them stands for; none: they must be numbers.
  [[nodiscard]] std::vector<double> numbers(std::optional<double> null = {}) const;
  [[nodiscard]] std::vector<std::string> texts() const;

  void complain(std::string_view what) const;

 private:
  friend class JsonDocument;
  JsonField(JsonDocument::Content& content, const void* value, std::string path)
      : content_(&content), value_(value), path_(std::move(path)) {}
  [[nodiscard]] std::string path_of(std::string_view member) const;

  JsonDocument::Content* content_;
  const void* value_;  ///< a nlohmann::json, which no header shows
  std::string path_;
};

}  // namespace mf::planning_files
