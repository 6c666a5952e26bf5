-- Which of these orders have no hold, whatever the counters' epoch.
--
-- KEYS: holds hash
-- ARGV: msgpack [order, ...]
-- Reply: {order, ...}

local order_ids = cmsgpack.unpack(ARGV[1])
local missing = {}
for i, hold in ipairs(redis.call('HMGET', KEYS[1], unpack(order_ids))) do
  if not hold then
    missing[#missing + 1] = order_ids[i]
  end
end
return missing
