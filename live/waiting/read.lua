-- What a queue shows to everybody. Changes nothing.
--
-- KEYS: head hash, draw zset
-- Reply: {epoch, open 0|1, issued, admitted, pace, gathered, seed, lowered, at}, {} where there is
-- no queue.

local head = redis.call('HMGET', KEYS[1], 'epoch', 'open', 'issued', 'admitted', 'pace', 'seed',
  'lowered', 'at')
if not head[1] then return {} end
return {head[1], tonumber(head[2]), tonumber(head[3]), tonumber(head[4]), head[5],
  redis.call('ZCARD', KEYS[2]), head[6], tonumber(head[7]), tonumber(head[8])}
