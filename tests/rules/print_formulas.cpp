// Prints what rules became, one JSON object a line, for against_pysigma.py: the rule's path, and
// its formula as nested arrays. Refused rules are left out.
#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <vector>

#include "evtxhound/rules/load.hpp"
#include "tests/rules/rule_text.hpp"

namespace {

using namespace evtxhound::rules;
using nlohmann::json;

// Wildcards as <*> and <?>, which no rule has as text.
std::string text_of(const std::vector<Piece>& pieces) {
  std::string out;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::kAny) out += "<*>";
    if (piece.kind == Piece::Kind::kOne) out += "<?>";
    out += piece.text;
  }
  return out;
}

json shown(const Atom& atom) {
  if (atom.test == Test::kText) {
    return {"text", atom.field, text_of(atom.pieces), atom.cased};
  }
  return {"other", atom.field, testing::shown(atom)};
}

json shown(const Rule& rule, std::size_t index) {
  const Node& node = rule.nodes[index];
  if (node.kind == Node::Kind::kAtom) return shown(rule.atoms[node.atom]);
  json array = {node.kind == Node::Kind::kNot   ? "not"
                : node.kind == Node::Kind::kAnd ? "and"
                                                : "or"};
  for (const auto child : node.children) array.push_back(shown(rule, child));
  return array;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::filesystem::path> paths(argv + 1, argv + argc);
  for (const Rule& rule : load_rules(paths).rules.rules) {
    const json line = {{"path", rule.head.path}, {"formula", shown(rule, rule.nodes.size() - 1)}};
    fmt::print("{}\n", line.dump(-1, ' ', false, json::error_handler_t::replace));
  }
}
