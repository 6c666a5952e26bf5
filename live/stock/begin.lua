-- Opens counters that have been built, unless some of the building went with another server.
--
-- KEYS: stock hash
-- ARGV: epoch
-- Reply: 'begun', or 'stale' with nothing done.

local head = redis.call('HMGET', KEYS[1], 'building', 'life')
if head[1] ~= ARGV[1] or head[2] ~= life_here() then
  return 'stale'
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'seq', 0)
redis.call('HDEL', KEYS[1], 'building')
return 'begun'
