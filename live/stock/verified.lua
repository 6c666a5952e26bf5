-- Takes holds off the list of those that nobody has compared with SQL.
--
-- KEYS: unverified zset
-- ARGV: msgpack [order, ...]

redis.call('ZREM', KEYS[1], unpack(cmsgpack.unpack(ARGV[1])))
