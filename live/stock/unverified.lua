-- Holds that nobody has yet compared with SQL, oldest first; those that are gone are forgotten.
--
-- KEYS: holds hash, unverified zset
-- ARGV: ms of age at least, how many at most, ms since the epoch by another clock | ''
-- Reply: {order, hold, ...}

local now = tonumber(ARGV[3])
if not now then
  local clock = redis.call('TIME')
  now = clock[1] * 1000 + math.floor(clock[2] / 1000)
end
local latest = string.format('%d', now - tonumber(ARGV[1]))
local ids = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', latest, 'LIMIT', 0, ARGV[2])
if #ids == 0 then
  return {}
end
local reply = {}
for i, hold in ipairs(redis.call('HMGET', KEYS[1], unpack(ids))) do
  if hold then
    reply[#reply + 1] = ids[i]
    reply[#reply + 1] = hold
  else
    redis.call('ZREM', KEYS[2], ids[i])
  end
end
return reply
