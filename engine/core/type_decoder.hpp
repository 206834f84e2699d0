#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/type_codec.hpp"

namespace saga::core::detail {

// `a string`, `an object`, for messages.
const char* kind_name(base::Json::Kind kind);

// One reading of a JSON tree by a type. The path to where it stands is in every error.
class Decoder {
 public:
  Decoder(const Definition& definition, Strictness strictness)
      : definition_(definition), strictness_(strictness) {}

  base::Result<base::Value> read(TypeId id, const base::Json& json);
  [[nodiscard]] std::uint32_t dropped() const { return dropped_; }

 private:
  base::Result<base::Value> plain(const Type& type, TypeId id, const base::Json& json);
  base::Result<base::Value> text(const Type& type, TypeId id, const base::Json& json);
  base::Result<base::Value> integer(TypeId id, const base::Json& json);
  base::Result<base::Value> decimal(TypeId id, const base::Json& json);
  base::Result<base::Value> money(TypeId id, const base::Json& json);
  base::Result<base::Value> list(const Type& type, TypeId id, const base::Json& json);
  base::Result<base::Value> map(const Type& type, TypeId id, const base::Json& json);
  base::Result<std::string> map_key(const Type& type, const std::string& name);
  base::Result<base::Fields> fields(const std::vector<FieldType>& declared, const base::Json& json,
                                    std::string_view tag);
  base::Result<base::Value> missing(const FieldType& field);
  base::Result<base::Value> tagged_union(const Type& type, TypeId id, const base::Json& json);
  base::Unexpected unknown_case(const Type& type, TypeId id,
                                const std::optional<std::string>& tag) const;
  [[nodiscard]] const Type* declared_error(const std::string& name) const;
  base::Result<base::Value> error(const Type& type, const base::Json& json);
  base::Result<base::Value> refined(const Type& type, TypeId id, base::Value value);
  base::Result<base::Value> any(const base::Json& json);

  base::Unexpected mismatch(TypeId wanted, const std::string& found) const;
  std::string described(TypeId wanted) const;
  [[nodiscard]] std::string place() const {
    return path_.empty() ? "the value" : "`" + path_ + "`";
  }

  // Extends the path for as long as it lives.
  class At {
   public:
    At(std::string& path, const std::string& part) : path_(path), length_(path.size()) {
      if (!path.empty() && part[0] != '[') path += '.';
      path += part;
    }
    ~At() { path_.resize(length_); }
    At(const At&) = delete;
    At& operator=(const At&) = delete;

   private:
    std::string& path_;
    std::size_t length_;
  };

  const Definition& definition_;
  Strictness strictness_;
  std::string path_;
  std::uint32_t dropped_ = 0;
};

}  // namespace saga::core::detail
