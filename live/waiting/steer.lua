-- The owner of a queue sets its pace, and opens it when it is time.
--
-- KEYS: head hash, draw zset
-- ARGV: 1 epoch it speaks of  2 pace, accounts/s  3 when the pace was last lowered, ms
--       4 whether the sale has opened, 0|1
-- Reply: people drawn, where this opened the queue; else -1.

local head = redis.call('HMGET', KEYS[1], 'epoch', 'open', 'gathers', 'at')
if head[1] ~= ARGV[1] then return -1 end
local clock = redis.call('TIME')
local now = math.max(clock[1] * 1000 + math.floor(clock[2] / 1000), tonumber(head[4]))
redis.call('HSET', KEYS[1], 'pace', ARGV[2], 'lowered', ARGV[3], 'steered', string.format('%.0f', now))
if head[2] == '1' or ARGV[4] ~= '1' or now < tonumber(head[3]) then return -1 end
-- From here on nothing is added to the draw, so ranks in it are numbers.
local drawn = redis.call('ZCARD', KEYS[2])
redis.call('HSET', KEYS[1], 'open', 1, 'issued', drawn, 'at', string.format('%.0f', now))
return drawn
