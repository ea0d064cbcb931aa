-- Everything alo keeps from its first release on. Times are microseconds since 1970 in UTC, durations microseconds.
-- SIDs are text; words are those on the wire; lists are JSON.

CREATE TABLE accounts (
    sid TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL,
    friendly_name TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE numbers (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    number TEXT NOT NULL UNIQUE,
    friendly_name TEXT NOT NULL,
    voice_url TEXT,
    voice_method TEXT NOT NULL,
    voice_fallback_url TEXT,
    voice_fallback_method TEXT NOT NULL,
    status_callback TEXT,
    status_callback_method TEXT NOT NULL,
    sms_url TEXT,
    sms_method TEXT NOT NULL,
    sms_fallback_url TEXT,
    sms_fallback_method TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX numbers_of_account ON numbers (account, created_at, sid);

CREATE TABLE phones (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    name TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    caller_id TEXT,
    voice_url TEXT,
    voice_method TEXT NOT NULL,
    voice_fallback_url TEXT,
    voice_fallback_method TEXT NOT NULL,
    status_callback TEXT,
    status_callback_method TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX phones_of_account ON phones (account, name);

CREATE TABLE trunks (
    sid TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    username TEXT,
    password TEXT,
    sources TEXT NOT NULL,
    prefixes TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE calls (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    parent TEXT,
    from_kind TEXT NOT NULL,
    from_party TEXT NOT NULL,
    to_kind TEXT NOT NULL,
    to_party TEXT NOT NULL,
    number TEXT,
    direction TEXT NOT NULL,
    status TEXT NOT NULL,
    caller_name TEXT,
    forwarded_from TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    answered_at INTEGER,
    started_at INTEGER,
    ended_at INTEGER,
    sip_status INTEGER,
    hangup_reason TEXT,
    unfinished INTEGER NOT NULL,
    subscription TEXT
) STRICT;
CREATE INDEX calls_of_account ON calls (account, created_at, sid);
CREATE INDEX calls_to ON calls (account, to_party, created_at, sid);
CREATE INDEX calls_from ON calls (account, from_party, created_at, sid);
CREATE INDEX calls_of_parent ON calls (account, parent, created_at, sid) WHERE parent IS NOT NULL;
CREATE INDEX calls_unfinished ON calls (created_at, sid) WHERE unfinished = 1;

CREATE TABLE recordings (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    call TEXT NOT NULL,
    source TEXT NOT NULL,
    channels INTEGER NOT NULL,
    status TEXT NOT NULL,
    duration INTEGER,
    started_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    error_code INTEGER
) STRICT;
CREATE INDEX recordings_of_account ON recordings (account, started_at, sid);
CREATE INDEX recordings_of_call ON recordings (account, call, started_at, sid);
CREATE INDEX recordings_unfinished ON recordings (started_at, sid) WHERE status = 'in-progress';

CREATE TABLE alerts (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    call TEXT,
    level TEXT NOT NULL,
    code INTEGER NOT NULL,
    message TEXT NOT NULL,
    url TEXT,
    at INTEGER NOT NULL
) STRICT;
CREATE INDEX alerts_of_account ON alerts (account, at, sid);
CREATE INDEX alerts_of_call ON alerts (account, call, at, sid) WHERE call IS NOT NULL;

-- Of each lane, the row with the lowest id has head = 1: it alone may be sent. So neither the look for due rows nor
-- that for the next moment walks the rows that wait behind others.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    lane TEXT NOT NULL,
    account TEXT NOT NULL REFERENCES accounts (sid),
    url TEXT NOT NULL,
    method TEXT NOT NULL,
    params TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    head INTEGER NOT NULL
) STRICT;
CREATE INDEX outbox_lane ON outbox (lane, id);
CREATE INDEX outbox_due ON outbox (due_at, id) WHERE head = 1;

-- What was deleted from a list: its place, for a page that begins after it, and a bar to its coming back.
CREATE TABLE deleted (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- One row that a readiness check writes.
CREATE TABLE heartbeat (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    beats INTEGER NOT NULL
) STRICT;
INSERT INTO heartbeat (id, beats) VALUES (1, 0);
