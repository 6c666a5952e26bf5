-- For scripts that write to a feed: the epoch of its stream, a new one where there is none.

local function epoch_of(room, known, ms_to_live)
  if known then return known end
  local clock = redis.call('TIME')
  -- The microsecond names this life of the stream: no two can begin in the same one.
  local epoch = string.format('%x%05x', clock[1], clock[2])
  redis.call('HSET', room, 'epoch', epoch)
  redis.call('PEXPIRE', room, ms_to_live)
  return epoch
end

