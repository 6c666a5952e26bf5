-- The counters of every offer of an event, with the status that a buyer sees now.
--
-- KEYS: stock hash
-- ARGV: 'this life' where counters of another life of the server are none; rooms show them
-- Reply: {epoch, seq, {id, allotment, reserved, sold, status now, terms...}, ...}, or {} where
-- the event has no counters (or they are just being rebuilt).

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'offers', 'life')
if not head[1] or (ARGV[1] and head[4] ~= life_here()) then
  return {}
end
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local reply = {head[1], tonumber(head[2])}
for id in string.gmatch(head[3] or '', '%S+') do
  local row = redis.call('HMGET', KEYS[1], id .. ':allotment', id .. ':reserved', id .. ':sold',
    id .. ':status', id .. ':opens', id .. ':closes', id .. ':revision', id .. ':price', id .. ':limit')
  local status = row[4]
  if status == 'open' then
    if row[5] ~= '' and now < tonumber(row[5]) then
      status = 'scheduled'
    elseif row[6] ~= '' and now >= tonumber(row[6]) then
      status = 'closed'
    elseif row[1] - row[2] - row[3] <= 0 then
      status = 'sold_out'
    end
  end
  reply[#reply + 1] = {id, tonumber(row[1]), tonumber(row[2]), tonumber(row[3]), status,
    row[4], row[5], row[6], tonumber(row[7]), tonumber(row[8]), tonumber(row[9])}
end
return reply
