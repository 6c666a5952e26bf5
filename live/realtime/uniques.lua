-- Counts the different viewers of an event: a HyperLogLog, so 12 KB however many they are, and
-- 0.81 % standard error.
--
-- KEYS: HyperLogLog, mark that what SQL has of it is in it, a name for what is being merged
-- ARGV: 1 fingerprints, 8 bytes each, one after the other
--       2 'count', 'sketch', or '' where nothing is asked for
--       3 '1' where 4 is what SQL has ('' for nothing), else ''
--       5 ms to live
-- Reply: {is what SQL has in it, viewers | -1, sketch | ''}
--
-- To add or to merge twice changes nothing, so an answer that got lost counts nothing twice.

local FINGERPRINT, AT_ONCE = 8, 1000

local fingerprints = ARGV[1]
local batch = {}
for at = 1, #fingerprints, FINGERPRINT do
  batch[#batch + 1] = string.sub(fingerprints, at, at + FINGERPRINT - 1)
  if #batch == AT_ONCE or at + FINGERPRINT > #fingerprints then
    redis.call('PFADD', KEYS[1], unpack(batch))
    batch = {}
  end
end

if ARGV[3] == '1' then
  if ARGV[4] ~= '' then
    redis.call('SET', KEYS[3], ARGV[4])
    -- One that Redis does not understand is of no use; counting goes on without it.
    redis.pcall('PFMERGE', KEYS[1], KEYS[3])
    redis.call('DEL', KEYS[3])
  end
  redis.call('SET', KEYS[2], '1')
end

local is_whole = redis.call('EXISTS', KEYS[2])
local viewers, sketch = -1, ''
if ARGV[2] ~= '' and is_whole == 1 then
  viewers = redis.call('PFCOUNT', KEYS[1])
  if ARGV[2] == 'sketch' then sketch = redis.call('GET', KEYS[1]) or '' end
end
if #fingerprints > 0 or ARGV[3] == '1' then
  redis.call('PEXPIRE', KEYS[1], ARGV[5])
  redis.call('PEXPIRE', KEYS[2], ARGV[5])
end
return {is_whole, viewers, sketch}
