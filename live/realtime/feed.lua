-- Appends entries to a room's feed, and limits its chat where every process sees the same limit.
-- Follows epoch.lua.
--
-- KEYS: room hash, feed stream, rules hash, one key for each speaker named in the entries
-- ARGV: entries kept, chat messages a second, ms between one speaker's messages, ms to live,
--       revision of the rules that must be known here,
--       msgpack [[kind, body, speaker's place in KEYS | 0, speaker, has a link, is staff], ...]
-- Reply: {epoch, id | 'busy' | 'too_soon ms' | 'silenced kind until ms' | 'links' | 'unruled', ...}:
--        words where a chat message was refused.

local clock = redis.call('TIME')
local second = clock[1]
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local head = redis.call('HMGET', KEYS[1], 'epoch', 'chat_second', 'chat_count', 'rules')
local epoch = epoch_of(KEYS[1], head[1], ARGV[4])
local chat_count = head[2] == second and tonumber(head[3]) or 0
local chat_before = chat_count

-- A room that was never moderated has no rules; one that has lost them lets nobody speak.
local needed = math.max(tonumber(ARGV[5]), tonumber(head[4] or 0))
local rules = needed > 0 and redis.call('HMGET', KEYS[3], 'revision', 'interval_ms') or {}
local is_ruled = tonumber(rules[1] or 0) >= needed

-- Why this account must not speak now; nil where it may.
local function refusal(speaker, has_link, is_staff)
  if not is_ruled then return 'unruled' end
  local interval = tonumber(ARGV[3])
  if needed > 0 then
    local own = redis.call('HMGET', KEYS[3], 'silenced:' .. speaker[2], 'staff:' .. speaker[2])
    is_staff = is_staff or own[2]
    if own[1] and not is_staff then
      local kind, till = string.match(own[1], '^(%l+) (%d+)$')
      if till == '0' or tonumber(till) > now then return 'silenced ' .. kind .. ' ' .. till end
    end
    if not is_staff and rules[2] and rules[2] ~= '' then interval = tonumber(rules[2]) end
  end
  if has_link and not is_staff then return 'links' end
  if chat_count >= tonumber(ARGV[2]) then return 'busy' end
  if speaker[1] > 0 and interval > 0 then
    -- The moment is kept, not the interval: one that was shortened is shorter at once.
    local spoke = tonumber(redis.call('GET', KEYS[speaker[1]]) or 0)
    local wait = spoke + interval - now
    if spoke <= now and wait > 0 then return string.format('too_soon %d', wait) end
    redis.call('SET', KEYS[speaker[1]], string.format('%d', now), 'PX', string.format('%d', interval))
  end
  return nil
end

local reply = {epoch}
local last = nil
for i, entry in ipairs(cmsgpack.unpack(ARGV[6])) do
  local word = nil
  if entry[1] == 'chat' then
    word = refusal({entry[3], entry[4]}, entry[5], entry[6])
    if not word then chat_count = chat_count + 1 end
  end
  if not word then
    local fields = {'k', entry[1], 'b', entry[2]}
    if entry[4] ~= '' then
      fields[5], fields[6] = 'a', entry[4]
    end
    last = redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[1], '*', unpack(fields))
    word = last
  end
  reply[i + 1] = word
end

if last then
  redis.call('HSET', KEYS[1], 'feed_last', last)
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
  if needed > 0 then redis.call('PEXPIRE', KEYS[3], ARGV[4]) end
end
if chat_count > chat_before then
  redis.call('HSET', KEYS[1], 'chat_second', second, 'chat_count', chat_count)
end
return reply
