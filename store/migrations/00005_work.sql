-- What is known of the work behind a lead, what each client wishes of work, and whether an employer may be spoken to.

-- +goose Up

-- Employer, place, travel, environment and what is matched with clients' wishes. None of it is told to clients by itself.
ALTER TABLE leads ADD COLUMN work BYTEA; -- sealed JSON

-- What a person wrote of a client's wishes. The reasons that the client gave against offers since are in client_preferences.
CREATE TABLE client_wishes (
    client      TEXT   PRIMARY KEY REFERENCES clients (id),
    wishes      BYTEA, -- sealed JSON
    recorded_by TEXT   NOT NULL DEFAULT '',
    recorded_at BIGINT NOT NULL
);

-- Whether an employer may be spoken to about a client. Rows are only added; the latest of a client and an employer holds.
-- Only yes is yes.
CREATE TABLE employer_contacts (
    id            TEXT   PRIMARY KEY,
    client        TEXT   NOT NULL REFERENCES clients (id),
    employer_hash BYTEA  NOT NULL, -- keyed
    employer      BYTEA  NOT NULL, -- sealed
    permitted     TEXT   NOT NULL CHECK (permitted IN ('yes', 'no', 'maybe')),
    words         BYTEA,           -- sealed: what may be said
    said_on       TEXT   NOT NULL, -- the day on which the client said so, YYYY-MM-DD
    recorded_by   TEXT   NOT NULL DEFAULT '',
    recorded_at   BIGINT NOT NULL
);
CREATE INDEX employer_contacts_by_client ON employer_contacts (client, id);
CREATE INDEX employer_contacts_by_employer ON employer_contacts (employer_hash, client, id);
