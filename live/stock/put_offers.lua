-- Sets the terms of offers from SQL's committed rows; older terms never replace newer ones.
--
-- KEYS: stock hash
-- ARGV: field that must exist ('epoch' or 'building'),
--       msgpack [[offer, revision, allotment, price, limit, status, opens | '', closes | ''], ...]
-- Reply: how many were set.

if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then
  return 0
end
local set = 0
for _, terms in ipairs(cmsgpack.unpack(ARGV[2])) do
  local id = terms[1]
  local revision = redis.call('HGET', KEYS[1], id .. ':revision')
  if not revision or tonumber(revision) <= terms[2] then
    redis.call('HSET', KEYS[1], id .. ':revision', terms[2], id .. ':allotment', terms[3],
      id .. ':price', terms[4], id .. ':limit', terms[5], id .. ':status', terms[6],
      id .. ':opens', terms[7], id .. ':closes', terms[8])
    if not revision then
      redis.call('HSETNX', KEYS[1], id .. ':reserved', 0)
      redis.call('HSETNX', KEYS[1], id .. ':sold', 0)
      local ids = redis.call('HGET', KEYS[1], 'offers')
      redis.call('HSET', KEYS[1], 'offers', ids and ids ~= '' and (ids .. ' ' .. id) or id)
    end
    set = set + 1
  end
end
if set > 0 then
  redis.call('HINCRBY', KEYS[1], 'seq', 1)
end
return set
