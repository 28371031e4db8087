// A record's BinXML with all its values in place: the one tree that everything can be read from,
// whatever a record is made of. The compiled programs of program/ are the quick way for the shapes
// that nearly all records have; this is the general one, and what they are tested against.
#pragma once

#include <memory>
#include <vector>

#include "evtxhound/evtx/binxml/instance.hpp"
#include "evtxhound/evtx/binxml/limits.hpp"
#include "evtxhound/evtx/binxml/parser.hpp"
#include "evtxhound/evtx/binxml/tree.hpp"

namespace evtxhound::evtx {

class Definition;

// Where definitions come from: the templates of one chunk.
class DefinitionSource {
 public:
  virtual ~DefinitionSource() = default;
  // Fails where there is none at `frame.definition` that can be read. The definition lives as long
  // as the chunk is being read.
  virtual Outcome definition_of(const InstanceFrame& frame, const Definition*& definition) = 0;
};

// Puts values in the place of substitutions:
// - a substitution that is null vanishes, as do elements that depend on one that is null;
// - a value of BinXML becomes the elements it holds, several of them if there are several;
// - an array repeats the element that holds it, once for each item; several arrays in one element
//   give every combination, the first of them changing slowest. One without items leaves the
//   element empty.
//
// Source: MS-EVEN6 3.1.4.7.5 for the arrays; what Windows shows for the others.
class Resolver {
 public:
  Resolver(Bytes chunk, DefinitionSource& definitions, NodeBudget& budget, Tree& out)
      : chunk_(chunk), definitions_(&definitions), budget_(&budget), out_(&out) {}

  // Resolves the BinXML at [begin, end) of the chunk into the tree, which must be empty. Fails
  // where it cannot be read, or would become larger than a record may. The tree's nodes refer to
  // names that this object owns: it must outlive their use.
  Outcome resolve(std::size_t begin, std::size_t end);

 private:
  // One use of an array's item instead of the array: which node of a template it stands for.
  struct Chosen {
    NodeIndex node = kNoNode;
    Value item;
  };
  // What nodes are copied from.
  struct Scope {
    const Tree* tree = nullptr;
    const std::vector<Value>* values = nullptr;
    std::vector<Chosen> chosen;
  };

  Outcome fragment(std::size_t begin, std::size_t end, SiblingList& into);
  Outcome instance(std::size_t at, std::size_t end, SiblingList& into);
  Outcome copy_list(Scope& scope, NodeIndex first, SiblingList& into);
  Outcome copy_node(Scope& scope, NodeIndex index, SiblingList& into);
  Outcome copy_element(Scope& scope, NodeIndex index, SiblingList& into);
  Outcome copy_one_element(Scope& scope, const Node& element, SiblingList& into);
  Outcome copy_attributes(Scope& scope, const Node& element, SiblingList& into);
  Outcome find_array(const Scope& scope, const Node& element, NodeIndex& array);
  Outcome find_array_in(const Scope& scope, NodeIndex first, NodeIndex& array);
  Outcome put_value(const Value& value, SiblingList& into);
  Outcome put(const Node& node, SiblingList& into);

  [[nodiscard]] Value value_of(const Scope& scope, NodeIndex index) const;
  [[nodiscard]] bool is_left_out(const Scope& scope, const Node& element) const;
  [[nodiscard]] std::size_t offset_of(Bytes bytes) const;

  Bytes chunk_;
  DefinitionSource* definitions_;
  NodeBudget* budget_;
  Tree* out_;
  std::size_t element_depth_ = 0;
  std::size_t template_depth_ = 0;
  // Fragments that nodes are copied from; their names must live as long as the tree.
  std::vector<std::unique_ptr<Tree>> fragments_;
};

}  // namespace evtxhound::evtx
