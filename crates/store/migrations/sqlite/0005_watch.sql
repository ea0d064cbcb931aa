-- The watch. Checks, policies, maintenance, status pages, states and incidents are documents (JSON), with what they are
-- looked up by beside them. Times are microseconds since 1970; `from_file` is 1 for what stands in `checks.toml`.

-- Its number stands for a check wherever there are many rows, and is never given again. `token` is a heartbeat's.
CREATE TABLE checks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL,
    from_file INTEGER NOT NULL,
    token TEXT,
    document TEXT NOT NULL,
    UNIQUE (account, name)
) STRICT;
CREATE UNIQUE INDEX checks_by_token ON checks (token) WHERE token IS NOT NULL;

CREATE TABLE check_states (
    check_id INTEGER NOT NULL PRIMARY KEY REFERENCES checks (id) ON DELETE CASCADE,
    document TEXT NOT NULL
) STRICT;

-- What probes found. `flags` is the sum of 1 (up) and 2 (in maintenance); `reason` is NULL where there is none. Without
-- a reference, so that a check with a million of them is removed at once: `removed_checks` says whose are to be swept.
CREATE TABLE outcomes (
    check_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    took_us INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    reason TEXT,
    certificate_ends INTEGER,
    PRIMARY KEY (check_id, at)
) STRICT, WITHOUT ROWID;

-- What each hour came to. `times` is, for each bucket of durations from the first on, how many of those that were up
-- fell into it: a number in LEB128 each, those after the last that isn't 0 left out.
CREATE TABLE hours (
    check_id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    probes INTEGER NOT NULL,
    up INTEGER NOT NULL,
    maintenance INTEGER NOT NULL,
    times BLOB NOT NULL,
    PRIMARY KEY (check_id, at)
) STRICT, WITHOUT ROWID;

-- The newest hour of each check, which is written to with every outcome, apart from those that are settled: so a batch
-- touches a few pages for the hours of hundreds of checks, and those of one check still lie side by side.
CREATE TABLE newest_hours (
    check_id INTEGER NOT NULL PRIMARY KEY REFERENCES checks (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    probes INTEGER NOT NULL,
    up INTEGER NOT NULL,
    maintenance INTEGER NOT NULL,
    times BLOB NOT NULL
) STRICT;

-- Checks that are gone, but for their outcomes and hours.
CREATE TABLE removed_checks (
    check_id INTEGER NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE policies (
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL,
    from_file INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE maintenances (
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL,
    from_file INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE status_pages (
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL UNIQUE,
    from_file INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- Who may send alerts in; the token itself isn't kept.
CREATE TABLE alert_tokens (
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- `id` is from `tickets`; `open` is 1 while it goes on, and of those with a key one at most does.
CREATE TABLE incidents (
    account TEXT NOT NULL REFERENCES accounts (sid),
    id INTEGER NOT NULL,
    key TEXT NOT NULL,
    check_name TEXT,
    opened_at INTEGER NOT NULL,
    open INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, id)
) STRICT;
CREATE UNIQUE INDEX incidents_open ON incidents (account, key) WHERE open = 1;
CREATE INDEX incidents_by_time ON incidents (account, opened_at, id);
CREATE INDEX incidents_by_check ON incidents (account, check_name, opened_at, id)
    WHERE check_name IS NOT NULL;
CREATE INDEX incidents_by_state ON incidents (account, open, opened_at, id);
CREATE INDEX incidents_unfinished ON incidents (opened_at, account, id) WHERE open = 1;
