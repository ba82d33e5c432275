"""Runs statements on a SQLite database: `sqlite.py FILE STATEMENT...`; prints the rows, one a line.

Brings the few functions that the statements for PostgreSQL find built in.
"""

import datetime
import hashlib
import sqlite3
import sys

NOW = datetime.datetime.now(datetime.timezone.utc)


def ago(seconds):
    """In the spelling the server stores, which compares as text."""
    return (NOW - datetime.timedelta(seconds=seconds)).isoformat(timespec="microseconds")


connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
connection.create_function("ago", 1, ago, deterministic=True)
connection.create_function("from_hex", 1, bytes.fromhex, deterministic=True)
connection.create_function("sha256", 1, lambda text: hashlib.sha256(text.encode()).digest(), deterministic=True)
for statement in sys.argv[2:]:
    for row in connection.execute(statement):
        print(*row, sep="|")
