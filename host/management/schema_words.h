// Small words that the schemas of the API are made of: JSON Schema 2020-12. Private to the room.
#pragma once

#include <initializer_list>
#include <string>

#include <nlohmann/json.hpp>

namespace pf::management::words {

using Json = nlohmann::ordered_json;

Json text();
Json hex(int digit_count);
Json whole();  // not negative
Json flag();
Json one_of_these(std::initializer_list<const char*> names);
Json list_of(Json items);
Json ref(const std::string& name);  // another schema of the document
Json or_null(Json schema);
Json described(Json schema, const char* sentence);
Json seconds_since_1970();

// Everything is always there; what may be missing is null.
Json object(Json properties);
// {name: [schema, …]}
Json list_object(const char* name, const char* schema);
// An object with one property more.
Json with(Json schema, const char* name, Json property);

}  // namespace pf::management::words
