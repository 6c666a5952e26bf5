-- Takes the rules of a room's chat, whole, unless newer ones are known.
--
-- KEYS: room hash, rules hash
-- ARGV: revision, ms between one speaker's messages | '', ms to live,
--       msgpack [[account, 'mute' | 'ban', until ms | 0], ...], msgpack [account of staff, ...]
-- Reply: the revision that is known now.

local known = tonumber(redis.call('HGET', KEYS[2], 'revision') or 0)
if known > tonumber(ARGV[1]) then return known end
redis.call('DEL', KEYS[2])
redis.call('HSET', KEYS[2], 'revision', ARGV[1], 'interval_ms', ARGV[2])
for _, silence in ipairs(cmsgpack.unpack(ARGV[4])) do
  local value = silence[2] .. ' ' .. string.format('%d', silence[3])
  redis.call('HSET', KEYS[2], 'silenced:' .. silence[1], value)
end
for _, account in ipairs(cmsgpack.unpack(ARGV[5])) do
  redis.call('HSET', KEYS[2], 'staff:' .. account, '1')
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('HSET', KEYS[1], 'rules', ARGV[1])
return tonumber(ARGV[1])
