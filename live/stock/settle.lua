-- Settles holds after SQL has decided; each takes effect once. Mirrors rules.settle.
--
-- KEYS: stock hash, holds hash, buyers hash, unverified zset
-- ARGV: msgpack [[order, hold_no, 'sold' | 'released'], ...]
-- Reply: {epoch, seq, how many took effect}, or {} where the event has no counters that hold.

local epoch, life = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'life'))
if not epoch or life ~= life_here() then
  return {}
end

local moved = 0
for _, move in ipairs(cmsgpack.unpack(ARGV[1])) do
  local order_id, hold_no, to = move[1], move[2], move[3]
  local hold = redis.call('HGET', KEYS[2], order_id)
  if hold then
    local offer_id, buyer_id, units, no, state = string.match(hold, '^(%S+) (%S+) (%d+) (%d+) (%S+)$')
    -- Another number is another hold: this settlement belongs to one that is gone.
    if tonumber(no) == hold_no and state ~= to then
      redis.call('HINCRBY', KEYS[1], offer_id .. ':' .. state, -units)
      if to == 'sold' then
        redis.call('HINCRBY', KEYS[1], offer_id .. ':sold', units)
        redis.call('HSET', KEYS[2], order_id, string.format('%s %s %s %s sold', offer_id, buyer_id, units, no))
      else
        redis.call('HDEL', KEYS[2], order_id)
        redis.call('ZREM', KEYS[4], order_id)
        local buyer_key = offer_id .. ' ' .. buyer_id
        if redis.call('HINCRBY', KEYS[3], buyer_key, -units) <= 0 then
          redis.call('HDEL', KEYS[3], buyer_key)
        end
      end
      moved = moved + 1
    end
  end
end
return {epoch, redis.call('HINCRBY', KEYS[1], 'seq', 1), moved}
