"""Reads scripts of SQL Server, Oracle and the like with sqlglot, and tells what tables they make.

Takes a JSON list of {"dialect", "text"} and answers with a JSON list of {"tables"} or {"error"}.
"""

import json
import logging
import sys

import sqlglot
from sqlglot import exp

DIALECTS = {"sqlserver": "tsql", "oracle": "oracle", "mysql": "mysql", "mariadb": "mysql", "sqlite": "sqlite"}


def name(node):
    table = node.find(exp.Table) if not isinstance(node, exp.Table) else node
    return f"{table.db}.{table.name}".lower() if table.db else table.name.lower()


def names(nodes):
    found = []
    for node in nodes:
        inner = node.this if isinstance(node, exp.Ordered) else node
        if isinstance(inner, exp.Identifier):
            found.append(inner.name.lower())
        elif isinstance(inner, (exp.Column, exp.ColumnPrefix, exp.Anonymous)):
            # MySQL's `title(255)` is the beginning of a column.
            column = inner.this if isinstance(inner, exp.ColumnPrefix) else inner
            found.append(column.name.lower())
        else:
            return None
    return found


def reference(columns, reference):
    target = reference.this
    to = names(target.expressions) if isinstance(target, exp.Schema) else []
    return {"columns": columns, "table": name(target), "referenced": to}


def constraint(node, table):
    if isinstance(node, exp.Constraint):
        for inner in node.expressions:
            constraint(inner, table)
    elif isinstance(node, exp.PrimaryKey):
        table["primary"] = names(node.expressions)
    elif isinstance(node, (exp.UniqueColumnConstraint,)):
        table["unique"].append(names(node.this.expressions))
    elif isinstance(node, exp.ForeignKey):
        table["references"].append(reference(names(node.expressions), node.args["reference"]))


def create_table(node):
    table = {"columns": [], "primary": [], "unique": [], "references": [], "indexes": []}
    for part in node.this.expressions:
        if isinstance(part, exp.ColumnDef):
            table["columns"].append(part.name.lower())
            for limit in part.constraints:
                if isinstance(limit.kind, exp.PrimaryKeyColumnConstraint):
                    table["primary"] = [part.name.lower()]
        else:
            constraint(part, table)
    return table


def read(dialect, text):
    # GO is a line of the client.
    batches = [""]
    for line in text.split("\n"):
        if dialect == "sqlserver" and line == "GO":
            batches.append("")
        else:
            batches[-1] += line + "\n"
    tables = {}
    for batch in batches:
        for node in sqlglot.parse(batch, read=DIALECTS[dialect]):
            if node is None or isinstance(node, exp.Semicolon):
                continue
            kind = str(node.args.get("kind") or "").upper()
            if isinstance(node, exp.Create) and kind == "TABLE":
                tables[name(node.this)] = create_table(node)
            elif isinstance(node, exp.Create) and kind == "INDEX":
                index = node.this
                columns = names(index.args["params"].args["columns"])
                if columns is not None:
                    where = "unique" if node.args.get("unique") else "indexes"
                    tables[name(index.args["table"])][where].append(columns)
            elif isinstance(node, exp.Alter):
                for action in node.args["actions"]:
                    if not isinstance(action, exp.AddConstraint):
                        raise ValueError(f"not understood: {action.sql()[:200]}")
                    for part in action.expressions:
                        constraint(part, tables[name(node.this)])
            elif isinstance(node, (exp.Comment, exp.Execute, exp.Set)):
                pass
            elif isinstance(node, exp.Create) and kind == "SCHEMA":
                pass
            else:
                raise ValueError(f"not understood: {node.sql()[:200]}")
    return tables


def main():
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    answers = []
    for script in json.load(sys.stdin):
        try:
            answers.append({"tables": read(script["dialect"], script["text"])})
        except Exception as error:  # whatever it is, it is told
            answers.append({"error": f"{type(error).__name__}: {error}"})
    json.dump(answers, sys.stdout)


main()
