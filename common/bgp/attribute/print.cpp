// Attributes for people and programs: members of an event's "attribute" object, and the tail of a text line.
#include "common/bgp/attribute/rows.hpp"

namespace tandem::bgp {

namespace {

constexpr AttributeContext k_canonical{.asn4 = true, .internal = true, .as_zero = true};

// How an attribute is shown. Values that came through `attribute [ ... ]` may be anything, so that they are checked here.
enum class Form { hidden, printed, octets };

constexpr AttributeForms k_usual;
[[nodiscard]] const AttributeForms& forms_of(const AttributeTraits* traits, Dialect dialect) {
  return dialect == Dialect::release_4_2 && traits != nullptr && traits->release_4_2 != nullptr ? *traits->release_4_2 : k_usual;
}

[[nodiscard]] Form form_of(const AttributeView& attribute, const AttributeTraits* traits, const AttributeForms& forms) {
  if (traits == nullptr) return (attribute.flags & k_flag_transitive) != 0 ? Form::octets : Form::hidden;
  const bool is_empty_path = traits->code == AttributeCode::as_path && attribute.value.empty();
  if (is_empty_path) return Form::hidden;
  if (forms.unknown || traits->json == nullptr || !traits->well_formed(attribute.value, k_canonical)) return Form::octets;
  return Form::printed;
}

}  // namespace

void attributes_json(base::Bytes canonical, base::JsonWriter& out, Dialect dialect) {
  while (const auto attribute = next_attribute(canonical)) {
    canonical = canonical.subspan(attribute->whole.size());
    const AttributeTraits* traits = attribute_traits(attribute->code);
    const AttributeForms& forms = forms_of(traits, dialect);
    const Form form = form_of(*attribute, traits, forms);
    if (form == Form::octets) {
      generic_json(*attribute, forms.unknown, out);
    } else if (form == Form::printed && forms.members != nullptr) {
      forms.members(attribute->value, k_canonical, out);
    } else if (form == Form::printed) {
      out.key(traits->name);
      traits->json(attribute->value, k_canonical, out);
    }
  }
}

void attributes_text(base::Bytes canonical, std::string& out, Dialect dialect) {
  while (const auto attribute = next_attribute(canonical)) {
    canonical = canonical.subspan(attribute->whole.size());
    const AttributeTraits* traits = attribute_traits(attribute->code);
    const AttributeForms& forms = forms_of(traits, dialect);
    const Form form = form_of(*attribute, traits, forms);
    if (form == Form::octets) {
      generic_text(*attribute, forms.unknown, out);
    } else if (form == Form::printed) {
      out += ' ';
      out += traits->name;
      out += ' ';
      const std::size_t bare = out.size();
      (forms.text != nullptr ? forms.text : traits->text)(attribute->value, k_canonical, out);
      if (out.size() == bare) out.pop_back();  // atomic-aggregate has no value
    }
  }
}

}  // namespace tandem::bgp
