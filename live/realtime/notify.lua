-- Appends personal notices; every process reads them all and hands each to its owner.
--
-- KEYS: room hash, notices stream
-- ARGV: notices kept, ms to live, msgpack [[account, body], ...]
-- Reply: id of the last.

local last = nil
for _, notice in ipairs(cmsgpack.unpack(ARGV[3])) do
  -- '~': being a few too many costs less than counting exactly.
  last = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[1], '*', 'a', notice[1], 'b', notice[2])
end
redis.call('HSET', KEYS[1], 'notices_last', last)
redis.call('PEXPIRE', KEYS[2], ARGV[2])
return last
