-- Appends entries to a room's feed, and limits its chat where every process sees the same limit.
--
-- KEYS: room hash, feed stream, one key for each speaker named in the entries
-- ARGV: entries kept, chat messages a second, ms between one speaker's messages, ms to live,
--       msgpack [[kind, body, speaker's place in KEYS | 0], ...]
-- Reply: {epoch, id | 'busy' | 'too_soon', ...}: a word where a chat message was refused.

local clock = redis.call('TIME')
local second = clock[1]
local head = redis.call('HMGET', KEYS[1], 'epoch', 'chat_second', 'chat_count')
local epoch = head[1]
if not epoch then
  -- The microsecond names this life of the stream: no two can begin in the same one.
  epoch = string.format('%x%05x', clock[1], clock[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
local chat_count = head[2] == second and tonumber(head[3]) or 0
local chat_before = chat_count

local reply = {epoch}
local last = nil
for i, entry in ipairs(cmsgpack.unpack(ARGV[5])) do
  local word = nil
  if entry[1] == 'chat' then
    if chat_count >= tonumber(ARGV[2]) then
      word = 'busy'
    elseif entry[3] > 0 and tonumber(ARGV[3]) > 0
      and not redis.call('SET', KEYS[entry[3]], '1', 'NX', 'PX', ARGV[3]) then
      word = 'too_soon'
    else
      chat_count = chat_count + 1
    end
  end
  if not word then
    last = redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[1], '*', 'k', entry[1], 'b', entry[2])
    word = last
  end
  reply[i + 1] = word
end

if last then
  redis.call('HSET', KEYS[1], 'feed_last', last)
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
if chat_count > chat_before then
  redis.call('HSET', KEYS[1], 'chat_second', second, 'chat_count', chat_count)
end
return reply
