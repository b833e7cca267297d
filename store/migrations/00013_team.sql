-- The service's own words to send, and lists that the team works through.

-- +goose Up

-- Words that a service wrote for its specialists to send. They are no person's data. A change is a new version; what
-- was sent says what it said by itself.
CREATE TABLE service_words (
    id      TEXT    NOT NULL,
    version BIGINT  NOT NULL CHECK (version > 0),
    name    TEXT    NOT NULL,                -- what specialists choose it by
    words   TEXT    NOT NULL,                -- JSON: per language
    made_by TEXT    NOT NULL,                -- accounts.id; '' in a trial
    at      BIGINT  NOT NULL,
    ended   BOOLEAN NOT NULL DEFAULT FALSE,  -- this version takes them off the list
    latest  BOOLEAN NOT NULL DEFAULT TRUE,
    PRIMARY KEY (id, version)
);
CREATE UNIQUE INDEX service_words_latest ON service_words (id) WHERE latest;

-- Leads that nobody has filled, for the board.
CREATE INDEX leads_open ON leads (id) WHERE filled_at = 0;

-- What one person did, the latest first.
CREATE INDEX audit_by_account ON audit (account, seq);
