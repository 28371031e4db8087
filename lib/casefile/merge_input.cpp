#include "evtxhound/casefile/merge_input.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace evtxhound::casefile {
namespace {

std::string map_of(std::string_view table) { return fmt::format("temp.map_{}", table); }

// The id that a row of `incoming`, referred to by an expression, has here.
std::string mapped(std::string_view table, std::string_view id) {
  return fmt::format("(SELECT dst FROM {} WHERE src = {})", map_of(table), id);
}

// An expression of kMergedTables, each &column in it replaced.
template <class Replace>
std::string with_columns(std::string_view expression, const Replace& replace) {
  std::string out;
  while (!expression.empty()) {
    const std::size_t at = std::min(expression.find('&'), expression.size());
    out += expression.substr(0, at);
    expression.remove_prefix(at);
    if (expression.empty()) break;
    const std::size_t end =
        std::min(expression.find_first_not_of("abcdefghijklmnopqrstuvwxyz_0123456789", 1),
                 expression.size());
    out += replace(std::string(expression.substr(1, end - 1)));
    expression.remove_prefix(end);
  }
  return out;
}

}  // namespace

// The condition under which `m`, a row here, is the row that `i`, an incoming one, is.
std::string IncomingTables::same_row(const MergedTable& table, const Layout& layout) {
  const auto here = [](const std::string& column) { return "m." + column; };
  const auto there = [&layout](const std::string& name) {
    const auto column = std::ranges::find(layout.columns, name, &Column::name);
    const bool refers = column != layout.columns.end() && !column->refers_to.empty();
    return refers ? mapped(column->refers_to, "i." + name) : "i." + name;
  };
  std::string condition;
  for (std::string_view rest = table.key; !rest.empty();) {
    const std::string_view part = rest.substr(0, rest.find(';'));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    condition += fmt::format("{}{} = {}", condition.empty() ? "" : " AND ",
                             with_columns(part, here), with_columns(part, there));
  }
  return condition;
}

IncomingTables::Layout IncomingTables::layout_of(const std::string& table) {
  Layout layout;
  Statement columns(db_,
                    "SELECT c.name, c.pk > 0 AND upper(c.type) = 'INTEGER' AND (SELECT sum(pk > 0) "
                    "FROM pragma_table_info(?1)) = 1, k.\"table\", c.\"notnull\" FROM "
                    "pragma_table_info(?1) AS c LEFT JOIN pragma_foreign_key_list(?1) AS k ON "
                    "k.\"from\" = c.name ORDER BY c.cid");
  columns.bind(table);
  while (columns.step()) {
    if (columns.integer(1) != 0) {
      layout.id = columns.text(0);
    } else {
      layout.columns.push_back({columns.text(0), columns.text(2), columns.integer(3) == 0});
    }
  }
  return layout;
}

std::uint64_t IncomingTables::copy(const MergedTable& table) {
  const Layout layout = layout_of(std::string(table.name));
  return table.key.empty() ? copy_plain(table, layout) : copy_mapped(table, layout);
}

void IncomingTables::forget() {
  for (const MergedTable& table : kMergedTables) {
    db_.execute(fmt::format("DROP TABLE IF EXISTS {}", map_of(table.name)));
  }
  db_.execute("DROP TABLE IF EXISTS temp.to_count");
}

// Maps what is here already to itself, and the rest to ids behind the last; returns that last.
std::int64_t IncomingTables::map_known(const MergedTable& table, const Layout& layout) {
  const std::string map = map_of(table.name);
  db_.execute(
      fmt::format("CREATE TEMP TABLE map_{} (src INTEGER PRIMARY KEY, dst INTEGER NOT "
                  "NULL)",
                  table.name));
  const std::int64_t last =
      db_.integer(fmt::format("SELECT coalesce(max({}), 0) FROM main.{}", layout.id, table.name));
  // CROSS JOIN keeps SQLite to this order: each incoming row is looked up by the key here.
  if (last > 0) {
    db_.execute(
        fmt::format("INSERT INTO {0} SELECT i.{1}, m.{1} FROM incoming.{2} AS i CROSS JOIN "
                    "main.{2} AS m ON {3} WHERE true ON CONFLICT DO NOTHING",
                    map, layout.id, table.name, same_row(table, layout)));
  }
  db_.execute(
      fmt::format("INSERT INTO {0} SELECT {1}, {2} + row_number() OVER (ORDER BY {1}) FROM "
                  "incoming.{3} WHERE {1} NOT IN (SELECT src FROM {0})",
                  map, layout.id, last, table.name));
  return last;
}

std::uint64_t IncomingTables::copy_mapped(const MergedTable& table, const Layout& layout) {
  const std::int64_t last = map_known(table, layout);
  std::string names = layout.id;
  std::string values = "k.dst";
  for (const Column& column : layout.columns) {
    names += ", " + column.name;
    if (column.refers_to == table.name) {
      values += ", NULL";  // until all rows are here
    } else if (!column.refers_to.empty()) {
      values += ", " + mapped(column.refers_to, "i." + column.name);
    } else {
      values += ", i." + column.name;
    }
  }
  Statement insert(db_,
                   fmt::format("INSERT INTO main.{0} ({1}) SELECT {2} FROM incoming.{0} AS i "
                               "CROSS JOIN {3} AS k ON k.src = i.{4} WHERE k.dst > {5} ORDER "
                               "BY i.{4}",
                               table.name, names, values, map_of(table.name), layout.id, last));
  const auto added = static_cast<std::uint64_t>(insert.run());
  refer_to_own(std::string(table.name), layout, last);
  if (table.name == "run") take_over_ends(layout);
  if (table.name == "evidence") {
    mark_copies(last);
    choose_censuses(last);
  }
  return added;
}

std::uint64_t IncomingTables::copy_plain(const MergedTable& table, const Layout& layout) {
  std::string names;
  std::string values;
  for (const Column& column : layout.columns) {
    const std::string value =
        column.refers_to.empty() ? column.name : mapped(column.refers_to, "i." + column.name);
    names += (names.empty() ? "" : ", ") + column.name;
    values += (values.empty() ? "" : ", ") + value;
  }
  // WHERE also tells SQLite that ON CONFLICT is not a join's ON.
  Statement insert(
      db_, fmt::format("INSERT INTO main.{0} ({1}) SELECT {2} FROM incoming.{0} AS i WHERE {3}{4} "
                       "ON CONFLICT DO NOTHING",
                       table.name, names, values, table.taken.empty() ? "true" : table.taken,
                       layout.id.empty() ? "" : " ORDER BY i." + layout.id));
  return static_cast<std::uint64_t>(insert.run());
}

// Rows that refer to others of their own table.
void IncomingTables::refer_to_own(const std::string& table, const Layout& layout,
                                  std::int64_t last_known) {
  for (const Column& column : layout.columns) {
    if (column.refers_to != table) continue;
    db_.execute(
        fmt::format("UPDATE main.{0} SET {1} = p.dst FROM incoming.{0} AS i JOIN {2} AS k "
                    "ON k.src = i.{3} JOIN {2} AS p ON p.src = i.{1} WHERE main.{0}.{3} = "
                    "k.dst AND k.dst > {4}",
                    table, column.name, map_of(table), layout.id, last_known));
  }
}

// A case file that was copied while a scan wrote it does not know how that ended.
void IncomingTables::take_over_ends(const Layout& run) {
  std::string set;
  for (const Column& column : run.columns) {
    if (column.nullable) set += fmt::format("{0}{1} = i.{1}", set.empty() ? "" : ", ", column.name);
  }
  db_.execute(
      fmt::format("UPDATE main.run SET {0} FROM incoming.run AS i JOIN {1} AS k ON k.src = "
                  "i.run_id WHERE main.run.run_id = k.dst AND main.run.ended IS NULL AND "
                  "i.ended IS NOT NULL",
                  set, map_of("run")));
}

// As a scan marks them: the first evidence of a content is none, every later one is one of it.
void IncomingTables::mark_copies(std::int64_t last_known) {
  db_.execute(fmt::format(
      "UPDATE main.evidence SET same_as = (SELECT nullif(min(o.evidence_id), evidence.evidence_id) "
      "FROM main.evidence AS o WHERE o.sha256 = evidence.sha256 AND o.size IS evidence.size AND "
      "(o.same_as IS NULL OR o.evidence_id > {0})) WHERE evidence_id > {0} AND sha256 IS NOT NULL",
      last_known));
}

// Whose census is to be taken from `incoming`: of evidence that is new or was not counted here.
void IncomingTables::choose_censuses(std::int64_t last_known) {
  const std::string map = map_of("evidence");
  db_.execute(fmt::format(
      "CREATE TEMP TABLE to_count AS SELECT i.evidence_id, k.dst FROM incoming.evidence AS i JOIN "
      "{0} AS k ON k.src = i.evidence_id JOIN main.evidence AS m ON m.evidence_id = k.dst WHERE "
      "k.dst > {1} OR (i.census_taken > m.census_taken)",
      map, last_known));
  db_.execute(
      "DELETE FROM main.census WHERE evidence_id IN (SELECT dst FROM temp.to_count);"
      "UPDATE main.evidence SET census_taken = 1 FROM temp.to_count AS c JOIN incoming.evidence AS "
      "i ON i.evidence_id = c.evidence_id WHERE main.evidence.evidence_id = c.dst AND "
      "i.census_taken = 1");
}

}  // namespace evtxhound::casefile
