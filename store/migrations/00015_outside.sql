-- The way in and out for other systems: what was imported, feeds of diaries, what other systems want to be told, and
-- which answers are given again to a request that comes twice.

-- +goose Up

-- Each row that an import brought, by the reference that it has in the other system: whoever imports again adds nothing
-- twice. The reference may be personal (a number of the health service), so that only its keyed hash can be seen here.
CREATE TABLE imported (
    id      TEXT   PRIMARY KEY,
    kind    TEXT   NOT NULL CHECK (kind IN ('clients', 'appointments')),
    hash    BYTEA  NOT NULL,
    subject TEXT   NOT NULL,             -- the client or appointment that came of it
    said    BYTEA  NOT NULL,             -- sealed: its reference, and what the file said of it last
    at      BIGINT NOT NULL
);
CREATE UNIQUE INDEX imported_once ON imported (kind, hash);

-- How often an appointment was changed since it was booked: calendars keep the version with the highest number.
ALTER TABLE appointments ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;

-- The secret addresses at which a specialist's diary can be read by a calendar. Who has one needs no other key.
CREATE TABLE calendars (
    id         TEXT   PRIMARY KEY,
    specialist TEXT   NOT NULL REFERENCES specialists (id),
    hash       BYTEA  NOT NULL UNIQUE,   -- keyed: of the secret in the address
    created_at BIGINT NOT NULL,
    used_at    BIGINT NOT NULL DEFAULT 0,
    ended_at   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX calendars_by_specialist ON calendars (specialist, id);

-- What other systems want to be told, where, and with which secret it is signed.
CREATE TABLE hooks (
    id            TEXT   PRIMARY KEY,
    url           BYTEA  NOT NULL,           -- sealed: an address may hold a key
    secret        BYTEA  NOT NULL,           -- sealed
    kinds         TEXT   NOT NULL,           -- separated by spaces
    created_at    BIGINT NOT NULL,
    failing_since BIGINT NOT NULL DEFAULT 0, -- 0: the latest delivery arrived
    disabled_at   BIGINT NOT NULL DEFAULT 0, -- by the program, after failing for long
    ended_at      BIGINT NOT NULL DEFAULT 0  -- by a person
);

-- One row for each thing that is told to each of them: ids and kinds, never a text or a name.
CREATE TABLE hook_deliveries (
    id         TEXT   PRIMARY KEY,
    hook       TEXT   NOT NULL REFERENCES hooks (id),
    event      TEXT   NOT NULL,             -- the kind
    data       TEXT   NOT NULL,             -- ids, as JSON
    at         BIGINT NOT NULL,             -- when it happened
    state      TEXT   NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
    attempts   BIGINT NOT NULL DEFAULT 0,
    answer     BIGINT NOT NULL DEFAULT 0,   -- the status of the latest answer; 0: there was none
    fault      TEXT   NOT NULL DEFAULT '',  -- a named reason
    due        BIGINT NOT NULL DEFAULT 0,   -- when it is tried next
    settled_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX hook_deliveries_by_hook ON hook_deliveries (hook, id);
CREATE INDEX hook_deliveries_due ON hook_deliveries (due) WHERE state = 'waiting';

-- The answers to requests that said how they would be known if they came again.
CREATE TABLE answered (
    hash    BYTEA  PRIMARY KEY,             -- keyed: of the token and the key that came with the request
    request BYTEA  NOT NULL,                -- keyed: of the request itself
    status  BIGINT NOT NULL DEFAULT 0,      -- 0: it is being worked on
    answer  BYTEA,                          -- sealed
    at      BIGINT NOT NULL
);
CREATE INDEX answered_by_time ON answered (at);
