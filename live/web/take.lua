-- Takes tokens from buckets (GCRA; see limits.py), of many callers in one call.
-- KEYS: one a caller: the moment its bucket is full again, in ms of this server's clock
-- ARGV: 1 ms in which a token comes back, 2 tokens of a full bucket;
--       then for each key: tokens wanted, and tokens given back that were taken and not used
-- Returns for each key: tokens taken (as many as there are, at most those wanted), and the ms
-- until there is another one.
local interval, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local latest = now + burst * interval -- an empty bucket is full by then
local moments = redis.call('MGET', unpack(KEYS))
local replies = {}
for i, key in ipairs(KEYS) do
  local wanted, returned = tonumber(ARGV[2 * i + 1]), tonumber(ARGV[2 * i + 2])
  local full_at = math.max(tonumber(moments[i] or '0') - returned * interval, now)
  -- 0.1 ms: the last token must not be missing by a rounding error.
  local taken = math.min(wanted, math.max(0, math.floor((latest - full_at + 0.1) / interval)))
  full_at = full_at + taken * interval
  if taken + returned > 0 and full_at > now then
    -- %.3f: the default conversion of so large a number loses its last digits.
    redis.call('SET', key, string.format('%.3f', full_at), 'PX', math.ceil(full_at - now))
  elseif returned > 0 then
    redis.call('DEL', key)
  end
  replies[2 * i - 1] = taken
  replies[2 * i] = math.max(0, math.ceil(full_at + interval - latest))
end
return replies
