"""The journal's tables, as named steps from each version to the next. Steps are never changed."""

from __future__ import annotations

import sqlite3

STEPS: tuple[tuple[str, str], ...] = (
    (
        "changes, their files and events",
        """
        CREATE TABLE change (
            id TEXT PRIMARY KEY, at REAL NOT NULL, folder TEXT NOT NULL, title TEXT NOT NULL,
            instruction TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL,
            local INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX change_folder ON change (folder, id);
        CREATE TABLE reply (
            change_id TEXT NOT NULL REFERENCES change (id) ON DELETE CASCADE,
            text TEXT NOT NULL, usage TEXT NOT NULL
        ) STRICT;
        CREATE INDEX reply_change ON reply (change_id);
        CREATE TABLE file (
            change_id TEXT NOT NULL REFERENCES change (id) ON DELETE CASCADE,
            uri TEXT NOT NULL, action TEXT NOT NULL, before TEXT, after TEXT,
            new_uri TEXT NOT NULL
        ) STRICT;
        CREATE INDEX file_change ON file (change_id);
        CREATE TABLE event (
            change_id TEXT NOT NULL REFERENCES change (id) ON DELETE CASCADE,
            at REAL NOT NULL, kind TEXT NOT NULL, note TEXT NOT NULL
        ) STRICT;
        CREATE INDEX event_change ON event (change_id);
        """,
    ),
    (
        "what each request took",
        """
        CREATE TABLE usage (
            at REAL NOT NULL, purpose TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,
            prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
            seconds REAL NOT NULL, first_token REAL NOT NULL, writing REAL NOT NULL, cost REAL,
            local INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX usage_at ON usage (at);
        """,
    ),
    (
        "plans that wait for a decision, and the process that holds them",
        """
        CREATE TABLE waiting (
            change_id TEXT PRIMARY KEY REFERENCES change (id) ON DELETE CASCADE,
            process INTEGER NOT NULL, plan TEXT NOT NULL
        ) STRICT;
        """,
    ),
    (
        "refactors that are not at their end, and what is done of them",
        """
        CREATE TABLE refactor (
            change_id TEXT PRIMARY KEY REFERENCES change (id) ON DELETE CASCADE,
            process INTEGER NOT NULL, task TEXT NOT NULL
        ) STRICT;
        CREATE TABLE refactor_part (
            change_id TEXT NOT NULL REFERENCES refactor (change_id) ON DELETE CASCADE,
            name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (change_id, name)
        ) STRICT;
        """,
    ),
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database to the newest version, all steps or none."""
    # Another process may be at it too: whoever comes second finds it done.
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    for _, script in STEPS[version:]:
        for statement in script.split(";"):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {max(version, len(STEPS))}")
    connection.execute("COMMIT")
