-- Reminders: the offsets of a specialist and of a client, and the end of the hours in which a message was to go.

-- +goose Up

-- Minutes before an appointment with spaces between them, the longest first; empty: the specialist's, or the pathway's.
ALTER TABLE specialists ADD COLUMN reminders TEXT NOT NULL DEFAULT '';
ALTER TABLE clients ADD COLUMN reminders TEXT NOT NULL DEFAULT '';

-- What nobody asked for and could not be sent by then does not go at night; 0: it may go at any hour.
ALTER TABLE messages ADD COLUMN closes BIGINT NOT NULL DEFAULT 0;
