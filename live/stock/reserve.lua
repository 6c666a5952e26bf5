-- Admits a batch of intents, or refuses each with a word. Mirrors rules.admit, in its order.
--
-- KEYS: stock hash, holds hash, buyers hash, unverified zset
-- ARGV: epoch, least sequence number, msgpack [[order, offer, buyer, units, price, hold_no], ...]
-- Reply: {seq, word, word, ...}, or {'stale'} with nothing done.
--
-- Everything is read and decided before anything is written: Lua has no rollback.

local head = redis.call('HMGET', KEYS[1], 'epoch', 'seq', 'life')
if head[1] ~= ARGV[1] or tonumber(head[2]) < tonumber(ARGV[2]) or head[3] ~= life_here() then
  return {'stale'}
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local intents = cmsgpack.unpack(ARGV[3])

local order_ids, buyer_keys = {}, {}
for i, intent in ipairs(intents) do
  order_ids[i] = intent[1]
  buyer_keys[i] = intent[2] .. ' ' .. intent[3]
end
local held = redis.call('HMGET', KEYS[2], unpack(order_ids))
local bought_before = redis.call('HMGET', KEYS[3], unpack(buyer_keys))

local offers = {}   -- offer id -> counters and terms, as they stand within this batch
local bought = {}   -- buyer key -> units, as they stand within this batch
local hold_of = {}  -- order id -> hold text, as it stands within this batch

local function load_offer(id)
  local row = redis.call('HMGET', KEYS[1], id .. ':allotment', id .. ':reserved', id .. ':sold',
    id .. ':price', id .. ':limit', id .. ':status', id .. ':opens', id .. ':closes')
  local offer = false
  if row[1] then
    local is_open = row[6] == 'open'
      and not (row[7] and row[7] ~= '' and now < tonumber(row[7]))
      and not (row[8] and row[8] ~= '' and now >= tonumber(row[8]))
    offer = {
      available = row[1] - row[2] - row[3], reserved = tonumber(row[2]), taken = 0,
      price = tonumber(row[4]), limit = tonumber(row[5]), is_open = is_open,
    }
  end
  offers[id] = offer
  return offer
end

local words = {0}
local new_holds, new_buyers, ages = {}, {}, {}

for i, intent in ipairs(intents) do
  local order_id, offer_id, units, hold_no = intent[1], intent[2], intent[4], intent[6]
  local buyer_key = buyer_keys[i]
  local offer = offers[offer_id]
  if offer == nil then offer = load_offer(offer_id) end
  local hold = hold_of[order_id] or held[i]
  local units_so_far = bought[buyer_key] or tonumber(bought_before[i] or 0)

  local word
  if hold and tonumber(string.match(hold, '^%S+ %S+ %S+ (%d+)')) >= hold_no then
    word = 'repeated'
  elseif not offer then
    word = 'unknown_offer'
  elseif hold then
    -- A late payment takes over the hold it finds, so an older release no longer touches it.
    -- It is a new hold for the reconciliation too: nobody knows yet whether SQL agrees.
    hold = string.gsub(hold, '^(%S+ %S+ %S+) %d+', '%1 ' .. string.format('%d', hold_no))
    hold_of[order_id] = hold
    new_holds[#new_holds + 1] = order_id
    new_holds[#new_holds + 1] = hold
    ages[#ages + 1] = now
    ages[#ages + 1] = order_id
    word = 'reserved'
  elseif hold_no == 0 and not offer.is_open then
    word = 'not_open'
  elseif hold_no == 0 and intent[5] ~= offer.price then
    word = 'price_changed'
  elseif offer.available < units then
    word = 'sold_out'
  elseif units_so_far + units > offer.limit then
    word = 'buyer_limit'
  else
    word = 'reserved'
    offer.available = offer.available - units
    offer.taken = offer.taken + units
    bought[buyer_key] = units_so_far + units
    hold = string.format('%s %s %d %d reserved', offer_id, intent[3], units, hold_no)
    hold_of[order_id] = hold
    new_holds[#new_holds + 1] = order_id
    new_holds[#new_holds + 1] = hold
    new_buyers[#new_buyers + 1] = buyer_key
    new_buyers[#new_buyers + 1] = units_so_far + units
    ages[#ages + 1] = now
    ages[#ages + 1] = order_id
  end
  words[i + 1] = word
end

if #new_holds > 0 then
  redis.call('HSET', KEYS[2], unpack(new_holds))
  redis.call('ZADD', KEYS[4], unpack(ages))
end
if #new_buyers > 0 then
  redis.call('HSET', KEYS[3], unpack(new_buyers))
  for id, offer in pairs(offers) do
    if offer and offer.taken > 0 then
      redis.call('HINCRBY', KEYS[1], id .. ':reserved', offer.taken)
    end
  end
end
words[1] = redis.call('HINCRBY', KEYS[1], 'seq', 1)
return words
