-- Uses a rate limit once (GCRA; see limits.py).
-- KEYS: 1 the caller's moment of idleness, in ms of this server's clock
-- ARGV: 1 ms between uses, 2 ms of the window
-- Returns 0, or the ms after which the caller may try again.
local interval, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call("TIME")
local now = time[1] * 1000 + time[2] / 1000
local idle_from = math.max(tonumber(redis.call("GET", KEYS[1]) or "0"), now)
local wait = idle_from - now - (window - interval)
if wait > 0.1 then -- 0.1 ms: the last use of a window must not fail by a rounding error
  return math.ceil(wait)
end
idle_from = idle_from + interval
-- %.3f: the default conversion of so large a number loses its last digits.
redis.call("SET", KEYS[1], string.format("%.3f", idle_from), "PX", math.ceil(idle_from - now))
return 0
