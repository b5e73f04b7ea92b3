"""Reads every file of a folder with DuckDB's and CleverCSV's automatic modes and prints the grids as JSON.

Usage: compare.py FOLDER. The folder holds files named *.csv. Answers {file: {reader: grid or null}}; a grid is a list of
rows of texts, column names first. Needs the pinned packages of requirements.txt.
"""

import json
import pathlib
import sys

import clevercsv
import duckdb


def text_rows(names, rows):
    return [list(names)] + [["" if cell is None else cell for cell in row] for row in rows]


def duckdb_strict(path):
    relation = duckdb.sql(f"select * from read_csv('{path}', auto_detect=true, all_varchar=true)")
    return text_rows(relation.columns, relation.fetchall())


def duckdb_lenient(path):
    relation = duckdb.sql(
        f"select * from read_csv('{path}', auto_detect=true, all_varchar=true,"
        " ignore_errors=true, null_padding=true, strict_mode=false)"
    )
    return text_rows(relation.columns, relation.fetchall())


def clever(path):
    return clevercsv.read_table(str(path))


READERS = {"duckdb": duckdb_strict, "duckdb lenient": duckdb_lenient, "clevercsv": clever}


def attempt(reader, path):
    try:
        return reader(path)
    except Exception:  # a file it cannot read counts as nothing read
        return None


def main(folder):
    answer = {}
    for path in sorted(pathlib.Path(folder).glob("*.csv")):
        answer[path.name] = {name: attempt(reader, path) for name, reader in READERS.items()}
    json.dump(answer, sys.stdout)


main(sys.argv[1])
