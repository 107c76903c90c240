// The content of an UPDATE event: the member "message" of a JSON line, and the lines of the text form.
// Attributes come rendered from their interned set where there is one.
#pragma once

#include <string>
#include <string_view>

#include "common/api/wording.hpp"
#include "common/base/json_writer.hpp"
#include "common/bgp/message/update.hpp"
#include "common/rib/attribute_pool.hpp"

namespace tandem::api {

struct UpdateForm {
  const bgp::NlriJson& nlri;
  const Wording& words;
};

// The whole member "message".
void update_json(const bgp::Update& update, const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes,
                 const UpdateForm& form, base::JsonWriter& json);

// One line for each NLRI, each starting with `prefix` ("neighbor 10.0.0.1 receive update ").
void update_text(const bgp::Update& update, const rib::AttributeSetRef& attributes, const rib::AttributeSetRef& mp_attributes,
                 const Wording& words, std::string_view prefix, std::string& out);

}  // namespace tandem::api
