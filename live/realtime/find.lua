-- One entry of a room's feed.
--
-- KEYS: room hash, feed stream
-- ARGV: epoch, stream id
-- Reply: its fields; nil where the stream does not have it.

if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return nil end
local found = redis.call('XRANGE', KEYS[2], ARGV[2], ARGV[2])
return found[1] and found[1][2] or nil
