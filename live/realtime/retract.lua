-- Takes entries back: out of the stream, and off every screen by an entry that names them.
-- Ids that this Redis has taken back before are passed over, so a repeat says nothing.
-- Follows epoch.lua.
--
-- KEYS: room hash, feed stream, sorted set of ids taken back
-- ARGV: entries kept, ms to live, ids remembered, kind of the entry, msgpack [feed id, ...]
-- Reply: ids that were new.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local epoch = epoch_of(KEYS[1], redis.call('HGET', KEYS[1], 'epoch'), ARGV[2])
local named = {}
local new = 0
for _, id in ipairs(cmsgpack.unpack(ARGV[5])) do
  if redis.call('ZADD', KEYS[3], 'NX', now, id) == 1 then
    new = new + 1
    named[#named + 1] = '"' .. id .. '"'
    local life, stream_id = string.match(id, '^(%w+)%.(%d+%-%d+)$')
    redis.call('XDEL', KEYS[2], stream_id)
    if life ~= epoch then
      -- An older copy of the stream, in which it stood again, shows it under its own epoch.
      named[#named + 1] = '"' .. epoch .. '.' .. stream_id .. '"'
    end
  end
end
if new > 0 then
  -- After the XDEL and in one script with it: the newest entry is never one that was taken back.
  local body = '{"ids":[' .. table.concat(named, ',') .. ']}'
  local last = redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[1], '*', 'k', ARGV[4], 'b', body)
  redis.call('HSET', KEYS[1], 'feed_last', last)
  redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -tonumber(ARGV[3]) - 1)
  redis.call('PEXPIRE', KEYS[2], ARGV[2])
  redis.call('PEXPIRE', KEYS[3], ARGV[2])
end
return new
