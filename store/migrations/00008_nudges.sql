-- Nudges: what a specialist starts, to one client or to many, and what became of it for each.

-- +goose Up

CREATE TABLE nudges (
    id         TEXT    PRIMARY KEY,
    -- planned → running → done; planned → cancelled; running → stopped
    state      TEXT    NOT NULL CHECK (state IN ('planned', 'running', 'done', 'cancelled', 'stopped')),
    made_by    TEXT    NOT NULL REFERENCES specialists (id), -- who signs it
    template   TEXT    NOT NULL DEFAULT '',
    words      BYTEA,                      -- sealed: the specialist's own, per language
    instead    TEXT    NOT NULL DEFAULT '', -- the language for who has none of theirs among them
    bulk       BOOLEAN NOT NULL,
    once       TEXT    NOT NULL DEFAULT '', -- what its maker calls it, so that a repeated request makes one
    at         BIGINT  NOT NULL,           -- when it begins
    step       BIGINT  NOT NULL DEFAULT 0, -- of the job that works it; any other is stale
    created_at BIGINT  NOT NULL,
    changed_at BIGINT  NOT NULL,
    started_at BIGINT  NOT NULL DEFAULT 0,
    ended_at   BIGINT  NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX nudges_once ON nudges (made_by, once) WHERE once <> '';

CREATE TABLE nudge_clients (
    nudge   TEXT   NOT NULL REFERENCES nudges (id),
    client  TEXT   NOT NULL REFERENCES clients (id),
    -- planned → said (message: what became of it) → taken_back; planned → skipped (reason); planned → stopped
    state   TEXT   NOT NULL CHECK (state IN ('planned', 'said', 'skipped', 'stopped', 'taken_back')),
    reason  TEXT   NOT NULL DEFAULT '',
    message TEXT   NOT NULL DEFAULT '',
    at      BIGINT NOT NULL DEFAULT 0, -- when that was decided
    PRIMARY KEY (nudge, client)
);
CREATE UNIQUE INDEX nudge_clients_by_message ON nudge_clients (message) WHERE message <> '';
