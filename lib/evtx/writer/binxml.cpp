#include "evtxhound/evtx/writer/binxml.hpp"

#include <cstdint>
#include <vector>

#include "evtxhound/base/text.hpp"
#include "evtxhound/evtx/format.hpp"

namespace evtxhound::evtx::writer {
namespace {

void put_token(ChunkTables& chunk, Token token, std::uint8_t flags = 0) {
  chunk.put(static_cast<std::uint8_t>(static_cast<std::uint8_t>(token) | flags));
}

void put_fragment_header(ChunkTables& chunk) {
  put_token(chunk, Token::kFragmentHeader);
  chunk.put_bytes(Buffer{1, 1, 0});  // version 1.1, no flags
}

// Puts a u32 that will hold the number of bytes that follow it.
std::size_t put_open_size(ChunkTables& chunk) { return chunk.put(std::uint32_t{0}); }

void close_size(ChunkTables& chunk, std::size_t at) {
  chunk.patch(at, static_cast<std::uint32_t>(chunk.size() - at - 4));
}

void put_content(ChunkTables& chunk, const std::string& literal) {
  const Buffer text = utf8_to_utf16le(literal);
  put_token(chunk, Token::kValue);
  chunk.put(ValueType::kString);
  chunk.put(static_cast<std::uint16_t>(text.size() / 2));
  chunk.put_bytes(text);
}

void put_content(ChunkTables& chunk, const Substitution& hole) {
  put_token(chunk, hole.optional ? Token::kOptionalSubstitution : Token::kSubstitution);
  chunk.put(hole.index);
  chunk.put(hole.type);
}

void put_attributes(ChunkTables& chunk, const std::vector<Attribute>& attributes) {
  const std::size_t size = put_open_size(chunk);
  for (const Attribute& attribute : attributes) {
    const bool last = &attribute == &attributes.back();
    put_token(chunk, Token::kAttribute, last ? 0 : kMore);
    chunk.put_name(attribute.name);
    std::visit([&chunk](const auto& value) { put_content(chunk, value); }, attribute.value);
  }
  close_size(chunk, size);
}

void put_content(ChunkTables& chunk, const Element& element) {
  put_token(chunk, Token::kOpenElement, element.attributes.empty() ? 0 : kMore);
  chunk.put(element.dependency);
  const std::size_t size = put_open_size(chunk);
  chunk.put_name(element.name);
  if (!element.attributes.empty()) put_attributes(chunk, element.attributes);
  if (element.content.empty() && !element.always_open) {
    put_token(chunk, Token::kCloseEmpty);
  } else {
    put_token(chunk, Token::kCloseStart);
    for (const Node& node : element.content) {
      std::visit([&chunk](const auto& item) { put_content(chunk, item); }, node.item);
    }
    put_token(chunk, Token::kEndElement);
  }
  close_size(chunk, size);
}

void put_definition(ChunkTables& chunk, const Template& definition) {
  chunk.begin_template(definition.guid());
  chunk.put_bytes(definition.guid());
  const std::size_t size = put_open_size(chunk);
  put_fragment_header(chunk);
  put_content(chunk, definition.root());
  put_token(chunk, Token::kEndOfFragment);
  close_size(chunk, size);
}

// The values' descriptors (size and type of each), then their bytes.
void put_values(ChunkTables& chunk, const std::vector<Value>& values) {
  chunk.put(static_cast<std::uint32_t>(values.size()));
  const std::size_t descriptors = chunk.size();
  for (const Value& value : values) {
    chunk.put(std::uint16_t{0});
    chunk.put(value.type);
    chunk.put(std::uint8_t{0});
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t start = chunk.size();
    if (values[i].instance) {
      put_fragment(chunk, *values[i].instance);
    } else {
      chunk.put_bytes(values[i].bytes);
    }
    store(chunk.mutable_bytes(), descriptors + 4 * i,
          static_cast<std::uint16_t>(chunk.size() - start));
  }
}

}  // namespace

void put_fragment(ChunkTables& chunk, const Instance& instance) {
  const Guid& guid = instance.definition->guid();
  put_fragment_header(chunk);
  put_token(chunk, Token::kTemplateInstance);
  chunk.put(std::uint8_t{1});
  chunk.put(load<std::uint32_t>(guid, 0));
  if (const auto known = chunk.find_template(guid)) {
    chunk.put(*known);
  } else {
    chunk.put(static_cast<std::uint32_t>(chunk.size() + 4));  // right after this reference
    put_definition(chunk, *instance.definition);
  }
  put_values(chunk, instance.values);
  put_token(chunk, Token::kEndOfFragment);
}

}  // namespace evtxhound::evtx::writer
