-- Who may come in: the team's accounts, their sessions, and what they did.

-- +goose Up

CREATE TABLE accounts (
    id          TEXT   PRIMARY KEY,
    login_hash  BYTEA  NOT NULL UNIQUE,      -- of the e-mail address they sign in with
    login       BYTEA  NOT NULL,             -- sealed
    name        TEXT   NOT NULL,
    role        TEXT   NOT NULL CHECK (role IN ('specialist', 'lead', 'duty', 'administrator', 'auditor')),
    specialist  TEXT   NOT NULL DEFAULT '',  -- whose caseload is theirs
    language    TEXT   NOT NULL,
    -- A first sign-in needs the one-time code; it ends with the password that it lets be set.
    code_hash   BYTEA,                       -- keyed
    code_ends   BIGINT NOT NULL DEFAULT 0,
    password    BYTEA,                       -- sealed: the argon2id hash
    totp        BYTEA,                       -- sealed: the secret in use
    totp_next   BYTEA,                       -- sealed: shown, not yet confirmed with a code
    totp_step   BIGINT NOT NULL DEFAULT 0,   -- of the newest code that was taken: each counts once
    created_at  BIGINT NOT NULL,
    ended_at    BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE recovery_codes (
    hash    BYTEA  PRIMARY KEY,              -- keyed
    account TEXT   NOT NULL REFERENCES accounts (id),
    used_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX recovery_codes_by_account ON recovery_codes (account);

CREATE TABLE sessions (
    id         TEXT   PRIMARY KEY,           -- for those who may end it; it opens nothing
    hash       BYTEA  NOT NULL UNIQUE,       -- keyed: of the token that the browser holds
    account    TEXT   NOT NULL REFERENCES accounts (id),
    -- code → open; two_step → open: what is still missing is another code, or the second step itself
    stage      TEXT   NOT NULL CHECK (stage IN ('code', 'two_step', 'open')),
    shows      BYTEA,                        -- sealed: what is to be seen once, until it was put away
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,              -- to the minute
    ends_at    BIGINT NOT NULL               -- whatever happens
);
CREATE INDEX sessions_by_account ON sessions (account);
CREATE INDEX sessions_by_end ON sessions (ends_at);

-- Browsers in which an account has signed in: what others try elsewhere does not keep them waiting.
CREATE TABLE known_browsers (
    hash    BYTEA  PRIMARY KEY,              -- keyed: of the token that the browser holds
    account TEXT   NOT NULL REFERENCES accounts (id),
    seen_at BIGINT NOT NULL
);
CREATE INDEX known_browsers_by_account ON known_browsers (account);

-- Tries to come in, of logins that exist and of others alike: a row tells nobody which it is.
CREATE TABLE sign_in_tries (
    hash         BYTEA  PRIMARY KEY,         -- keyed: of what is tried
    tries        BIGINT NOT NULL,            -- since the last that was right
    locked_until BIGINT NOT NULL DEFAULT 0,
    at           BIGINT NOT NULL
);
CREATE INDEX sign_in_tries_by_time ON sign_in_tries (at);

-- Who changed and who read what: ids alone. Rows are only added.
CREATE TABLE audit (
    seq     {{identity}},
    at      BIGINT NOT NULL,
    account TEXT   NOT NULL,                 -- '' for the program's own commands
    what    TEXT   NOT NULL,
    subject TEXT   NOT NULL DEFAULT ''       -- a client, an account, a session
);
CREATE INDEX audit_by_subject ON audit (subject, seq) WHERE subject <> '';
