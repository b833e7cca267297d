-- What stands open is little, and read all the time; it must not cost more as the history grows.

-- +goose Up
CREATE INDEX messages_parked ON messages (at) WHERE parked <> '';
CREATE INDEX flags_open_by_peer ON flags (peer, raised_at) WHERE settled_at = 0;

-- In the order in which the list of unknown senders is read, page by page.
DROP INDEX conversations_unknown;
CREATE INDEX conversations_unknown ON conversations (changed_at, peer) WHERE channel <> '';
