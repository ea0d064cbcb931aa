-- Transcripts of recordings. Those in progress carry whom to tell, and with what, until they are done.

CREATE TABLE transcriptions (
    sid TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (sid),
    recording TEXT NOT NULL,
    call TEXT NOT NULL,
    status TEXT NOT NULL,
    text TEXT,
    failure TEXT,
    language TEXT NOT NULL,
    length INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    callback_url TEXT,
    callback_method TEXT,
    params TEXT
) STRICT;
CREATE INDEX transcriptions_of_account ON transcriptions (account, created_at, sid);
CREATE INDEX transcriptions_of_recording ON transcriptions (account, recording, created_at, sid);
CREATE INDEX transcriptions_owed ON transcriptions (created_at, sid) WHERE status = 'in-progress';
