-- One process reports a room's share of it, and learns the whole.
--
-- KEYS: room hash, processes hash, reported hash, feed stream, notices stream
-- ARGV: 1 incarnation  2 viewers here, '' when leaving  3 views, 4 likes: counted here so far
--       5 views, 6 likes: of those, what an answer has acknowledged
--       7 views, 8 likes: totals that are known to have been reached
--       9 lease ms  10 ms to live
--       11 epoch, 12 last feed id known here, '' at first  13 feed entries at most, 14 at first
--       15 last notice id known here, '' at first  16 notices at most
--       17 whether SQL saves are possible here  18 feed id saved to SQL, '' for no news
-- Reply: {viewers, views, likes, revision, was our lease held, are we the saver, feed id saved,
--         epoch, last feed id, entries, entries in the stream | -1, oldest id | '',
--         last notice id, notices, revision of the chat's rules}
--
-- Counters are reported as running totals, so an answer that got lost counts nothing twice.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local me = ARGV[1]
local lease = tonumber(ARGV[9])
local recount_ms = lease / 20

local function id_parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function is_before(a, b)
  local a_ms, a_seq = id_parts(a)
  local b_ms, b_seq = id_parts(b)
  return a_ms < b_ms or (a_ms == b_ms and a_seq < b_seq)
end

local head = redis.call('HMGET', KEYS[1], 'epoch', 'feed_last', 'notices_last', 'revision',
  'views', 'likes', 'saver', 'saved', 'viewers', 'viewers_counted_at', 'rules')

-- Viewers: the sum over the processes whose lease holds. Kept with each report and added up anew
-- now and then: adding up each time would cost every process more the more processes there are.
local function heard(report)
  local count, seen = string.match(report or '0 0', '^(%d+) (%d+)$')
  return tonumber(count), now - tonumber(seen)
end

local mine, age = heard(redis.call('HGET', KEYS[2], me)) -- mine: of ours, what the sum has
local is_renewed = age <= lease and 1 or 0
local viewers, counted_at = tonumber(head[9]), tonumber(head[10])
if not viewers or now < counted_at or now - counted_at >= recount_ms then
  viewers, counted_at = 0, now
  local processes = redis.call('HGETALL', KEYS[2])
  for i = 1, #processes, 2 do
    local who = processes[i]
    local count, since = heard(processes[i + 1])
    if since > lease * 20 then
      redis.call('HDEL', KEYS[2], who)
    elseif since > lease then -- no longer counted; should it come back, all of its are new
      if count > 0 then
        redis.call('HSET', KEYS[2], who, string.format('0 %d', now - since))
      end
    else
      viewers = viewers + count
    end
  end
  if age > lease then mine = 0 end
end
viewers = viewers - mine
if ARGV[2] == '' then
  redis.call('HDEL', KEYS[2], me)
else
  viewers = viewers + tonumber(ARGV[2])
  redis.call('HSET', KEYS[2], me, string.format('%s %d', ARGV[2], now))
end
if viewers ~= tonumber(head[9]) or counted_at ~= tonumber(head[10]) then
  redis.call('HSET', KEYS[1], 'viewers', viewers, 'viewers_counted_at', counted_at)
end
local is_saver_alive = false
if head[7] then
  local _, saver_age = heard(redis.call('HGET', KEYS[2], head[7]))
  is_saver_alive = saver_age <= lease
end

-- Views and likes: what is new of ours, on top of what is known. Redis may have forgotten (or
-- fallen back to an older copy) of the total, of our share, or of both: neither goes back.
local reported = redis.call('HGET', KEYS[3], me)
local old_views, old_likes = string.match(reported or '0 0', '^(%d+) (%d+)$')
local function grown(total, floor, now_counted, acknowledged, counted_before)
  local base = math.max(tonumber(total or 0), tonumber(floor))
  local before = math.max(tonumber(counted_before), tonumber(acknowledged))
  return base + math.max(0, tonumber(now_counted) - before)
end
local views = grown(head[5], ARGV[7], ARGV[3], ARGV[5], old_views)
local likes = grown(head[6], ARGV[8], ARGV[4], ARGV[6], old_likes)
if views ~= tonumber(head[5]) or likes ~= tonumber(head[6]) then
  redis.call('HSET', KEYS[1], 'views', string.format('%d', views), 'likes', string.format('%d', likes))
end
-- The greater, since a report that was given up may still arrive after the one that followed it.
local reporting = string.format('%d %d', math.max(tonumber(ARGV[3]), tonumber(old_views)),
  math.max(tonumber(ARGV[4]), tonumber(old_likes)))
if reported ~= reporting then redis.call('HSET', KEYS[3], me, reporting) end

-- One process saves to SQL; another takes over when it is gone.
local saver, saved = head[7], head[8] or ''
if ARGV[2] == '' then
  if saver == me then redis.call('HDEL', KEYS[1], 'saver') end
  saver = false
elseif ARGV[17] == '1' and not is_saver_alive then
  saver = me
  redis.call('HSET', KEYS[1], 'saver', me)
end
if ARGV[18] ~= '' and head[1] == ARGV[11] then
  saved = ARGV[18]
  redis.call('HSET', KEYS[1], 'saved', saved)
end

-- The feed.
local epoch, feed_last = head[1], head[2] or '0-0'
local is_known = epoch and epoch == ARGV[11] and ARGV[12] ~= ''
if not epoch or (is_known and is_before(feed_last, ARGV[12])) then
  -- Lost, or fallen back to an older copy: what went with it, no id can tell. A new life.
  epoch = string.format('%x%05x', clock[1], clock[2])
  redis.call('HSET', KEYS[1], 'epoch', epoch)
  redis.call('HDEL', KEYS[1], 'saved')
  saved = ''
  is_known = false
end
local entries, length, oldest = {}, -1, ''
if not is_known then
  entries = redis.call('XREVRANGE', KEYS[4], '+', '-', 'COUNT', ARGV[14])
  length = redis.call('XLEN', KEYS[4])
  if #entries > 0 and entries[1][1] ~= feed_last then
    feed_last = entries[1][1]
    redis.call('HSET', KEYS[1], 'feed_last', feed_last)
  end
elseif feed_last ~= ARGV[12] then
  entries = redis.call('XRANGE', KEYS[4], '(' .. ARGV[12], '+', 'COUNT', ARGV[13])
  if #entries == tonumber(ARGV[13]) then
    -- So many are new that some may have been trimmed before we saw them.
    if redis.call('XLEN', KEYS[4]) >= tonumber(ARGV[14]) then
      oldest = redis.call('XRANGE', KEYS[4], '-', '+', 'COUNT', 1)[1][1]
    end
    feed_last = entries[#entries][1]
  end
end

-- Personal notices, from when we first looked.
local notices_last, notices = head[3] or '0-0', {}
if ARGV[15] ~= '' and notices_last ~= ARGV[15] then
  local after = is_before(notices_last, ARGV[15]) and '0-0' or ARGV[15]
  notices = redis.call('XRANGE', KEYS[5], '(' .. after, '+', 'COUNT', ARGV[16])
  if #notices == tonumber(ARGV[16]) then notices_last = notices[#notices][1] end
end

if is_renewed == 0 then
  for i = 1, 3 do redis.call('PEXPIRE', KEYS[i], ARGV[10]) end
end
return {viewers, views, likes, tonumber(head[4] or 0), is_renewed, saver == me and 1 or 0, saved,
  epoch, feed_last, entries, length, oldest, notices_last, notices, tonumber(head[11] or 0)}
