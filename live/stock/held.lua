-- Which of these orders hold units.
--
-- KEYS: stock hash, holds hash
-- ARGV: epoch, least sequence number, msgpack [order, ...]
-- Reply: {1, order, order, ...}, or {'stale'}: counters that were lost or set back do not know.

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'life')
if head[1] ~= ARGV[1] or tonumber(head[2]) < tonumber(ARGV[2]) or head[3] ~= life_here() then
  return {'stale'}
end
local order_ids = cmsgpack.unpack(ARGV[3])
local reply = {1}
for i, hold in ipairs(redis.call('HMGET', KEYS[2], unpack(order_ids))) do
  if hold then
    reply[#reply + 1] = order_ids[i]
  end
end
return reply
