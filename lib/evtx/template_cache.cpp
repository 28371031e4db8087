#include "evtxhound/evtx/template_cache.hpp"

namespace evtxhound::evtx {
namespace {

// What the cache may hold. All templates of Windows take a few MiB; more means that a log was made
// to fill memory, and its templates are then read anew for each chunk.
constexpr std::size_t kMaxMemory = std::size_t{24} << 20;

// Of one GUID and size there are few: the places where names were written first.
constexpr std::size_t kMaxVariants = 64;

// What a definition costs that is asked whether it suits: about as much as so many of its nodes.
constexpr std::size_t kNodesAskedPerNode = 64;

// What records noted may become. Windows has some thousand providers.
constexpr std::size_t kMaxKinds = 65'536;

std::uint64_t key_of(Bytes guid, std::size_t body_size) {
  // GUIDs are random enough to be their own hash.
  return load<std::uint64_t>(guid, 0) ^ load<std::uint64_t>(guid, 8) ^
         (body_size * 0x9e3779b97f4a7c15U);
}

// The most that a substitution's number is, plus one.
std::size_t values_used(const Tree& tree) {
  std::size_t count = 0;
  for (NodeIndex i = 0; i < tree.size(); ++i) {
    if (tree[i].kind != NodeKind::kSubstitution) continue;
    count = std::max<std::size_t>(count, tree[i].number + std::size_t{1});
  }
  return count;
}

}  // namespace

Outcome TemplateCache::find(Bytes chunk, std::size_t offset, NodeBudget& budget,
                            std::shared_ptr<const Definition>& definition) {
  DefinitionFrame frame;
  if (const Outcome defect = read_definition(chunk, offset, frame)) return defect;
  const std::uint64_t key = key_of(frame.guid, frame.body_size);
  // Comparing costs too; and what a chunk may take must not depend on who read before.
  constexpr std::string_view kTooMany =
      "the chunk's templates would take more nodes than a chunk may have";
  if (!budget.take(1 + frame.body_size / kDefinitionBytesPerNode)) return Defect{offset, kTooMany};
  definition = known(chunk, frame, key);
  if (definition) {
    if (budget.take(definition->cost())) return std::nullopt;
    definition.reset();
    return Defect{offset, kTooMany};
  }
  if (const Outcome defect = Definition::read(chunk, offset, budget, definition, check_names_)) {
    return defect;
  }
  if (!definition->can_be_shared()) return std::nullopt;
  const std::lock_guard lock(mutex_);
  const std::size_t memory = definition->memory();
  if (memory_ + memory > kMaxMemory) {
    overflowed_ = true;
    return std::nullopt;
  }
  Variants& variants = definitions_[key];
  SameId& same_id = same_ids_[load<std::uint32_t>(frame.guid, 0)];
  if (variants.empty()) same_id.keys.push_back(key);
  if (variants.size() < kMaxVariants) {
    variants.push_back(definition);
    same_id.cost += 1 + definition->tree().size() / kNodesAskedPerNode;
    memory_ += memory;
  }
  return std::nullopt;
}

std::shared_ptr<const Definition> TemplateCache::known(Bytes chunk, const DefinitionFrame& frame,
                                                       std::uint64_t key) const {
  const std::shared_lock lock(mutex_);
  const auto found = definitions_.find(key);
  if (found == definitions_.end()) return nullptr;
  for (const auto& variant : found->second) {
    if (variant->same_as(chunk, frame)) return variant;
  }
  return nullptr;
}

void TemplateCache::note(const Definition& definition, const EventKind& kind) {
  const std::uint64_t key = key_of(definition.guid(), definition.body_size());
  const std::lock_guard lock(mutex_);
  if (overflowed_) return;
  if (kinds_[key].insert(kind).second) ++kind_count_;
  overflowed_ = kind_count_ > kMaxKinds;
}

std::shared_ptr<const Definition> TemplateCache::find_like(std::uint32_t template_id,
                                                           NodeBudget& budget,
                                                           const Suits& suits) const {
  const std::shared_lock lock(mutex_);
  const auto same_id = same_ids_.find(template_id);
  if (overflowed_ || same_id == same_ids_.end()) return nullptr;
  if (!budget.take(same_id->second.cost)) return nullptr;
  std::shared_ptr<const Definition> best;
  std::size_t best_used = 0;
  for (const std::uint64_t key : same_id->second.keys) {
    const auto kinds = kinds_.find(key);
    if (kinds == kinds_.end()) continue;
    for (const auto& variant : definitions_.at(key)) {
      if (!suits(*variant, kinds->second)) continue;
      const std::size_t used = values_used(variant->tree());
      // The order in which they were read must not matter.
      const bool better =
          !best || used > best_used || (used == best_used && variant->before(*best));
      if (!better) continue;
      best = variant;
      best_used = used;
    }
  }
  return best;
}

}  // namespace evtxhound::evtx
