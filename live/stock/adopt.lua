-- Writes holds that are missing, with their units, whatever the stock says: SQL has the orders.
-- Serves the rebuild (while the event is `building`) and the reconciliation.
--
-- A hold adopted by the reconciliation is put on the unverified list, so that one whose order
-- ended meanwhile is found and released. A rebuild holds the fence: nothing can end meanwhile.
--
-- KEYS: stock hash, holds hash, buyers hash, unverified zset
-- ARGV: field that must hold the epoch ('epoch' or 'building'), epoch,
--       msgpack [[order, offer, buyer, units, hold_no, 'reserved' | 'sold'], ...]
-- Reply: how many were missing, or 'stale'.

local head = redis.call('HMGET', KEYS[1], ARGV[1], 'life')
if head[1] ~= ARGV[2] or head[2] ~= life_here() then
  return 'stale'
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local adopted = 0
for _, hold in ipairs(cmsgpack.unpack(ARGV[3])) do
  local text = string.format('%s %s %d %d %s', hold[2], hold[3], hold[4], hold[5], hold[6])
  if redis.call('HSETNX', KEYS[2], hold[1], text) == 1 then
    redis.call('HINCRBY', KEYS[1], hold[2] .. ':' .. hold[6], hold[4])
    redis.call('HINCRBY', KEYS[3], hold[2] .. ' ' .. hold[3], hold[4])
    if ARGV[1] == 'epoch' then
      redis.call('ZADD', KEYS[4], now, hold[1])
    end
    adopted = adopted + 1
  end
end
redis.call('HINCRBY', KEYS[1], 'seq', 1)
return adopted
