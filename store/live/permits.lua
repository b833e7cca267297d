-- Who may send now. All instants are microseconds of one clock.
--   KEYS[1]  what is kept for the sender: tat (when all that was sent is paid for), asked (until when
--            prompts give way), paused (until when the provider wants to hear nothing)
--   KEYS[2…] the same for single chats: tat, paused
--   ARGV     now (0: this server's own clock), the time that one part costs, how much of it answers may
--            run into debt, the time that a chat rests; then for each message: 1 if it is unasked, its
--            parts, the number of its chat among KEYS (0: none)
-- Returns for each message how long it waits (0: it may go, and is paid for) and which limit says so:
-- 1 the sender's, 2 the chat's, 3 the provider's.
local function read(key)
  local v = redis.call('HMGET', key, 'tat', 'asked', 'paused')
  return tonumber(v[1] or 0) or 0, tonumber(v[2] or 0) or 0, tonumber(v[3] or 0) or 0
end
local function text(number) return string.format('%.0f', number) end
local function keep(key, now, until_, ...)
  redis.call('HSET', key, ...)
  redis.call('PEXPIRE', key, text(math.ceil((until_ - now) / 1000) + 60000))
end

local now = tonumber(ARGV[1])
if now == 0 then
  local t = redis.call('TIME')
  now = tonumber(t[1]) * 1000000 + tonumber(t[2])
end
local unit, spare, rest = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
-- A clock that was put back, by a Redis that took another's place, must not silence anybody.
local minute, hour = 60000000, 3600000000
local tat, asked, paused = read(KEYS[1])
if tat > now + minute + 100 * unit then tat = now end
if asked > now + minute then asked = 0 end
if paused > now + hour then paused = 0 end
tat = math.max(tat, now)

local out, behind, changed = {}, 0, false
for i = 5, #ARGV, 3 do
  local prompt, cost, chat = ARGV[i] == '1', tonumber(ARGV[i + 1]), tonumber(ARGV[i + 2])
  local wait, why = 0, 0
  local chattat, chatpaused = 0, 0
  if chat > 0 then
    local _
    chattat, _, chatpaused = read(KEYS[chat])
    if chattat > now + minute + rest then chattat = 0 end
    if chatpaused > now + hour then chatpaused = 0 end
  end
  if paused > now or chatpaused > now then
    wait, why = math.max(paused, chatpaused) - now, 3
  elseif chattat > now then
    wait, why = chattat - now, 2
  elseif unit > 0 then
    local free = tat - spare
    if prompt then free = math.max(tat, asked) end
    if free > now then
      wait, why = free - now + behind, 1
      behind = behind + cost * unit
      if not prompt then
        -- Until it has come back and gone, what nobody asked for gives way.
        asked, changed = math.max(asked, now + wait + 100000), true
      end
    end
  end
  if wait == 0 then
    tat, changed = tat + cost * unit, true
    if chat > 0 and rest > 0 then keep(KEYS[chat], now, now + rest, 'tat', text(now + rest)) end
  end
  out[#out + 1] = math.max(0, math.ceil(wait))
  out[#out + 1] = why
end
if changed and unit > 0 then keep(KEYS[1], now, math.max(tat, asked, paused), 'tat', text(tat), 'asked', text(asked)) end
return out
