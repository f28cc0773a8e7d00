-- Gives one back to the key, as far as anything was taken from it.
-- ARGV: now, the interval and the whole; all in microseconds. See `acta_application::access::counters::gcra`.
local now, interval, whole = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local kept = redis.call('GET', KEYS[1])
if not kept then
    return
end
local debt = math.min(math.max(tonumber(kept) - now, 0), whole) - interval
if debt > 0 then
    redis.call('SET', KEYS[1], string.format('%.0f', now + debt), 'PX', math.ceil(debt / 1000))
else
    redis.call('DEL', KEYS[1])
end
