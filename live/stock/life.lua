-- Put before the scripts that count units: which life of the data this server is in.
--
-- A server that starts and a replica that takes over begin a new one. What was written last in the
-- old one may then be missing, also where newer changes have long made up for it in number.

local function life_here()
  return string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
end

