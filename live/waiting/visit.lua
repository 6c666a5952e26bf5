-- One process looks at a queue: gives places, moves the pointer as far as its pace allows, and
-- says how things stand. Numbers and passes mirror places.py.
--
-- KEYS: head hash, draw zset, places hash, steps zset, loads hash
-- ARGV: 1 epoch known here, '' at first  2 last number and 3 pointer known here
--       4 epoch, 5 seed and 6 pace (accounts/s) of a new queue, if there is none
--       7 pass ms  8 ms to gather anew after a loss  9 people waiting at most
--       10 ms to live  11 ms without steering after which the pointer stands
--       12 process, '' for no report  13 its checkout's load
--       14 accounts that take a place  15 accounts that only ask: both msgpack lists
-- Reply: {epoch, open 0|1, issued, admitted, ended, pace, gathered, seed, now,
--         {admitted, second, ...}: steps beyond the pointer known, {number, ...}}
-- A number is 0 for who is in the draw, -1 where the queue is full, -2 without a place.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local pass = tonumber(ARGV[7])

local head = redis.call('HMGET', KEYS[1], 'epoch', 'open', 'issued', 'admitted', 'ended', 'pace',
  'tokens', 'at', 'steered', 'seed')
local epoch = head[1]
local is_lost = ARGV[1] ~= '' and (not epoch
  or (epoch == ARGV[1] and tonumber(head[3]) < tonumber(ARGV[2])))
if not epoch or is_lost then
  -- Lost, or fallen back to an older copy that would give numbers twice. In the draw that follows
  -- a loss speed counts for nothing: who is back first is not who was first.
  redis.call('DEL', unpack(KEYS))
  epoch = ARGV[4]
  local tokens = math.max(1, tonumber(ARGV[6]))
  head = {epoch, '0', '0', '0', '0', ARGV[6], tokens, now, now, ARGV[5]}
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'open', 0, 'issued', 0, 'admitted', 0, 'ended', 0,
    'pace', ARGV[6], 'tokens', tokens, 'at', now, 'steered', now, 'lowered', 0, 'seed', ARGV[5],
    'gathers', is_lost and now + tonumber(ARGV[8]) or now)
end

local is_open = head[2] == '1'
local issued, admitted, ended = tonumber(head[3]), tonumber(head[4]), tonumber(head[5])
local pace, tokens, at = tonumber(head[6]), tonumber(head[7]), tonumber(head[8])
now = math.max(now, at)  -- a failed-over Redis may have another clock

-- Passes that are over are forgotten, oldest first.
local function is_past(second)
  return (second + 1) * 1000 + pass <= now
end
local oldest = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
while oldest[1] and is_past(tonumber(oldest[1])) do
  ended = tonumber(oldest[2])
  redis.call('ZREM', KEYS[4], oldest[1])
  oldest = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
end

-- Places. A pass that is over is no place any more, for who takes one.
local function number_of(account)
  local rank = redis.call('HGET', KEYS[3], account)
  if rank then return tonumber(rank) end
  rank = redis.call('ZRANK', KEYS[2], account)
  if not rank then return nil end
  return is_open and rank + 1 or 0
end

local gathered = redis.call('ZCARD', KEYS[2])
local function take(account)
  local number = number_of(account)
  if number and (number == 0 or number > ended) then return number end
  if not is_open then
    if gathered >= tonumber(ARGV[9]) then return -1 end
    local digest = redis.sha1hex(head[10] .. ' ' .. account)
    redis.call('ZADD', KEYS[2], string.format('%.0f', tonumber(string.sub(digest, 1, 13), 16)), account)
    gathered = gathered + 1
    return 0
  end
  if issued - admitted >= tonumber(ARGV[9]) then return -1 end
  issued = issued + 1
  redis.call('HSET', KEYS[3], account, issued)
  return issued
end

local numbers = {}
for _, account in ipairs(cmsgpack.unpack(ARGV[14])) do
  numbers[#numbers + 1] = take(account)
end
for _, account in ipairs(cmsgpack.unpack(ARGV[15])) do
  numbers[#numbers + 1] = number_of(account) or -2
end

-- The pointer: a bucket of one second's pace. Nobody is let in where nobody measures any more.
if is_open then
  if now - tonumber(head[9]) <= tonumber(ARGV[11]) then
    tokens = math.min(math.max(1, pace), tokens + pace * (now - at) / 1000)
  end
  local some = math.min(math.floor(tokens), issued - admitted)
  if some > 0 then
    admitted = admitted + some
    tokens = tokens - some
    redis.call('ZADD', KEYS[4], admitted, string.format('%.0f', math.floor(now / 1000)))
  end
end
redis.call('HSET', KEYS[1], 'issued', issued, 'admitted', admitted, 'ended', ended,
  'tokens', string.format('%.6f', tokens), 'at', string.format('%.0f', now))

if ARGV[12] ~= '' then
  redis.call('HSET', KEYS[5], ARGV[12], string.format('%.0f ', now) .. ARGV[13])
  for i = 1, #KEYS do redis.call('PEXPIRE', KEYS[i], ARGV[10]) end
end

local known = epoch == ARGV[1] and ARGV[3] or 0
local found = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. known, '+inf', 'WITHSCORES')
local steps = {}
for i = 1, #found, 2 do
  steps[i] = tonumber(found[i + 1])
  steps[i + 1] = tonumber(found[i])
end
return {epoch, is_open and 1 or 0, issued, admitted, ended, tostring(pace), gathered, head[10], now,
  steps, numbers}
