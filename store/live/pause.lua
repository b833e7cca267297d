-- The provider asked us to wait.
--   KEYS[1]  the sender's   KEYS[2]  the chat's, if the request was for one
--   ARGV     now (0: this server's own clock), for how long
-- Returns 1 if the whole sender waits now, 0 if the chat alone does: a provider that does not say which
-- of the two it means is taken to mean the chat, until another chat is refused as well.
local function text(number) return string.format('%.0f', number) end
local now, after = tonumber(ARGV[1]), tonumber(ARGV[2])
if now == 0 then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local function pause(key, ...)
  local old = tonumber(redis.call('HGET', key, 'paused') or 0) or 0
  if old > now + 3600000000 then old = 0 end
  local upto = math.max(old, now + after)
  redis.call('HSET', key, 'paused', text(upto), ...)
  redis.call('PEXPIRE', key, text(math.ceil((upto - now) / 1000) + 60000))
end
if not KEYS[2] then
  pause(KEYS[1], 'refused', '')
  return 1
end
pause(KEYS[2], 'refused', '')
local before = redis.call('HMGET', KEYS[1], 'refused', 'refused_until')
if before[1] and before[1] ~= '' and before[1] ~= KEYS[2] and (tonumber(before[2] or 0) or 0) > now then
  pause(KEYS[1], 'refused', KEYS[2])
  return 1
end
redis.call('HSET', KEYS[1], 'refused', KEYS[2], 'refused_until', text(now + after))
redis.call('PEXPIRE', KEYS[1], text(math.ceil(after / 1000) + 3660000))
return 0
