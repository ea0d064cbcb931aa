-- The support line. People, rotas, lines, overrides, swaps and calls are documents (JSON), with what they are looked up by
-- beside them. Times are microseconds since 1970.

CREATE TABLE people (
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- `handoffs_told` and `announced` are up to when handoffs were told; NULL before the first look.
CREATE TABLE rotas (
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    handoffs_told INTEGER,
    announced INTEGER,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE lines (
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, name)
) STRICT, WITHOUT ROWID;

-- The last number given to an override, a swap or a missed call.
CREATE TABLE tickets (
    account TEXT NOT NULL PRIMARY KEY REFERENCES accounts (sid),
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE overrides (
    account TEXT NOT NULL,
    id INTEGER NOT NULL,
    rota TEXT NOT NULL,
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, rota) REFERENCES rotas (account, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- Those that are over are passed by their end; of those that are not there are few.
CREATE INDEX overrides_by_time ON overrides (account, rota, until_at);

CREATE TABLE swaps (
    account TEXT NOT NULL,
    id INTEGER NOT NULL,
    rota TEXT NOT NULL,
    state TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (account, id),
    FOREIGN KEY (account, rota) REFERENCES rotas (account, name) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX swaps_by_state ON swaps (account, state, id);
CREATE INDEX swaps_by_rota ON swaps (account, rota);

-- `ended` is 0 while the caller is there; `ticket` is NULL unless it was missed or has a message.
CREATE TABLE line_calls (
    call TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    line TEXT NOT NULL,
    outcome TEXT NOT NULL,
    began_at INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    ticket INTEGER,
    acknowledged_by TEXT,
    acknowledged_at INTEGER,
    document TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX line_calls_by_time ON line_calls (account, began_at, call);
CREATE INDEX line_calls_by_line ON line_calls (account, line, began_at, call);
CREATE INDEX line_calls_by_outcome ON line_calls (account, outcome, began_at, call);
CREATE INDEX line_calls_unfinished ON line_calls (began_at) WHERE ended = 0;
CREATE UNIQUE INDEX line_calls_by_ticket ON line_calls (account, ticket) WHERE ticket IS NOT NULL;
CREATE INDEX line_calls_unseen ON line_calls (account, began_at, call)
    WHERE ticket IS NOT NULL AND acknowledged_by IS NULL;

-- E-mails. One that was sent or given up is a key without a letter.
CREATE TABLE mails (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    key TEXT NOT NULL,
    waits INTEGER NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    UNIQUE (account, key)
) STRICT;
CREATE INDEX mails_due ON mails (due_at, id) WHERE waits = 1;
