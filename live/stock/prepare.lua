-- Empties an event's counters, to be built anew in this life of the server. Until they are begun
-- nobody is admitted: the hash has no epoch.
--
-- KEYS: stock hash, holds hash, buyers hash, unverified zset
-- ARGV: epoch

redis.call('DEL', unpack(KEYS))
redis.call('HSET', KEYS[1], 'building', ARGV[1], 'seq', 0, 'life', life_here())
