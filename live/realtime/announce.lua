-- Says that an event's definition has changed, so that every process loads it again.
--
-- KEYS: room hash
-- ARGV: revision, ms to live
-- Reply: the revision that is announced now; it never goes back.

local known = tonumber(redis.call('HGET', KEYS[1], 'revision') or '-1')
local revision = tonumber(ARGV[1])
if revision > known then
  redis.call('HSET', KEYS[1], 'revision', ARGV[1])
  if known < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
  return revision
end
return known
