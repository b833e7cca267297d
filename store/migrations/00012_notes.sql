-- What the people of the team write down about a client in their own words.

-- +goose Up

-- Rows are only added: what was wrong is struck out, and stays to be read.
CREATE TABLE notes (
    id         TEXT   PRIMARY KEY,
    client     TEXT   NOT NULL REFERENCES clients (id),
    -- access: what the person needs so that they can read, hear or come at all
    kind       TEXT   NOT NULL CHECK (kind IN ('note', 'access')),
    words      BYTEA  NOT NULL,            -- sealed
    written_by TEXT   NOT NULL DEFAULT '', -- a specialist, or a role of the pathway
    author     TEXT   NOT NULL,            -- what the team called them then
    account    TEXT   NOT NULL DEFAULT '', -- who was signed in
    written_at BIGINT NOT NULL,
    struck_by  TEXT   NOT NULL DEFAULT '', -- what the team called who struck it out
    struck_at  BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX notes_by_client ON notes (client, id);

-- The list of what one specialist sent to many.
CREATE INDEX nudges_by_maker ON nudges (made_by, id);
