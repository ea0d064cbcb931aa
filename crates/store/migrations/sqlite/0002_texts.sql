-- Text messages and what they are sent through. Words, times and SIDs as in the first step; money in millionths of its
-- unit; who is at an end of a message is a kind and the text on the wire.

ALTER TABLE numbers ADD COLUMN voice_application TEXT;
ALTER TABLE numbers ADD COLUMN sms_application TEXT;
ALTER TABLE accounts ADD COLUMN test INTEGER NOT NULL DEFAULT 0; -- 1: sends, calls and buys nothing

-- A message and its plan. `queue` is 1 while a carrier has to be given it, 2 while the application has to be asked, and
-- NULL once neither is left. `lane` is the carrier that is meant and the sender, or the service that has not chosen one. `id` is the order in which
-- messages came to be; those that are due at the same moment keep it.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    sid TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (sid),
    service TEXT,
    direction TEXT NOT NULL,
    from_kind TEXT,
    from_text TEXT,
    to_kind TEXT NOT NULL,
    to_text TEXT NOT NULL,
    body TEXT NOT NULL,
    segments INTEGER NOT NULL,
    media INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code INTEGER,
    error_message TEXT,
    price_micros INTEGER,
    price_unit TEXT,
    carrier TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    sent_at INTEGER,
    callback_url TEXT,
    callback_method TEXT,
    smart_encoded INTEGER NOT NULL,
    max_price_micros INTEGER,
    max_price_unit TEXT,
    discard_body INTEGER NOT NULL,
    obfuscate INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER,
    queue INTEGER,
    lane TEXT NOT NULL,
    idempotency_key TEXT,
    came_carrier TEXT,
    came_id TEXT
) STRICT;
CREATE INDEX messages_of_account ON messages (account, created_at, sid);
CREATE INDEX messages_to ON messages (account, to_text, created_at, sid);
CREATE INDEX messages_from ON messages (account, from_text, created_at, sid) WHERE from_text IS NOT NULL;
-- These two hold only what is still to be done, and all that the look for it needs.
CREATE INDEX messages_due ON messages (queue, due_at, id, sid, lane, expires_at) WHERE queue IS NOT NULL;
CREATE INDEX messages_of_lane ON messages (queue, lane, due_at, id, sid) WHERE queue = 1;
CREATE UNIQUE INDEX messages_once ON messages (account, idempotency_key) WHERE idempotency_key IS NOT NULL;
CREATE UNIQUE INDEX messages_came ON messages (came_carrier, came_id) WHERE came_id IS NOT NULL;

-- `message_id` is the `id` of its message: it ascends, so that a new part's place in the index is the last.
CREATE TABLE message_parts (
    carrier TEXT NOT NULL,
    id TEXT NOT NULL,
    message_id INTEGER NOT NULL,
    part INTEGER NOT NULL,
    state TEXT NOT NULL,
    error_code INTEGER,
    PRIMARY KEY (carrier, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX parts_of_message ON message_parts (message_id, part);

-- Either `body` is there, decoded, or `units`: UTF-16 in network byte order.
CREATE TABLE fragments (
    carrier TEXT NOT NULL,
    from_text TEXT NOT NULL,
    to_text TEXT NOT NULL,
    reference INTEGER NOT NULL,
    total INTEGER NOT NULL,
    number INTEGER NOT NULL,
    body TEXT,
    units BLOB,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (carrier, from_text, to_text, reference, total, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX fragments_by_age ON fragments (received_at);

CREATE TABLE media (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    message TEXT NOT NULL,
    content_type TEXT NOT NULL,
    url TEXT,
    size INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX media_of_message ON media (message, created_at, sid);

CREATE TABLE services (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    friendly_name TEXT NOT NULL,
    inbound_url TEXT,
    inbound_method TEXT NOT NULL,
    inbound_fallback_url TEXT,
    inbound_fallback_method TEXT NOT NULL,
    use_inbound_webhook_on_number INTEGER NOT NULL,
    callback TEXT,
    sticky_sender INTEGER NOT NULL,
    area_code_geomatch INTEGER NOT NULL,
    smart_encoding INTEGER NOT NULL,
    mms_converter INTEGER NOT NULL,
    fallback_to_long_code INTEGER NOT NULL,
    scan_message_content TEXT NOT NULL,
    synchronous_validation INTEGER NOT NULL,
    validity INTEGER NOT NULL,
    usecase TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX services_of_account ON services (account, created_at, sid);

-- `kind` is the two letters of the SID.
CREATE TABLE senders (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    service TEXT NOT NULL,
    kind TEXT NOT NULL,
    address_kind TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX senders_of_service ON senders (service, created_at, sid);

CREATE TABLE sticky_senders (
    service TEXT NOT NULL,
    to_text TEXT NOT NULL,
    from_kind TEXT NOT NULL,
    from_text TEXT NOT NULL,
    PRIMARY KEY (service, to_text)
) STRICT, WITHOUT ROWID;

CREATE TABLE opt_outs (
    account TEXT NOT NULL REFERENCES accounts (sid),
    scope TEXT NOT NULL,
    who TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (account, scope, who)
) STRICT, WITHOUT ROWID;

CREATE TABLE short_codes (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    code TEXT NOT NULL UNIQUE,
    friendly_name TEXT NOT NULL,
    sms_url TEXT,
    sms_method TEXT NOT NULL,
    sms_fallback_url TEXT,
    sms_fallback_method TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX short_codes_of_account ON short_codes (account, created_at, sid);

CREATE TABLE applications (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    friendly_name TEXT NOT NULL,
    voice_url TEXT,
    voice_method TEXT NOT NULL,
    voice_fallback_url TEXT,
    voice_fallback_method TEXT NOT NULL,
    status_callback TEXT,
    status_callback_method TEXT NOT NULL,
    caller_name_lookup INTEGER NOT NULL,
    sms_url TEXT,
    sms_method TEXT NOT NULL,
    sms_fallback_url TEXT,
    sms_fallback_method TEXT NOT NULL,
    message_callback TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX applications_of_account ON applications (account, created_at, sid);

-- What the handsets of the virtual carrier show, and of each handset how much there is, so that nothing is counted.
CREATE TABLE inbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    handset TEXT NOT NULL,
    other_kind TEXT NOT NULL,
    other_text TEXT NOT NULL,
    written_here INTEGER NOT NULL,
    body TEXT NOT NULL,
    media TEXT NOT NULL,
    message TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (message, handset, written_here)
) STRICT;
CREATE INDEX inbox_of_handset ON inbox (handset, id);

CREATE TABLE handsets (
    number TEXT NOT NULL PRIMARY KEY,
    entries INTEGER NOT NULL,
    last_id INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX handsets_by_last ON handsets (last_id);
