-- Takes one from each key, or from none. Answers what each key kept before: who asks tells from that what became of it.
-- ARGV: now, then each key's interval and whole; all in microseconds. See `acta_application::access::counters::gcra`.
local now = tonumber(ARGV[1])
local before, debts, taken = {}, {}, true
for i, key in ipairs(KEYS) do
    local interval, whole = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local kept = redis.call('GET', key)
    local debt = kept and math.min(math.max(tonumber(kept) - now, 0), whole) or 0
    before[i], debts[i] = kept, debt + interval
    taken = taken and debts[i] <= whole
end
if taken then
    for i, key in ipairs(KEYS) do
        -- All digits: a number by itself would become text with fewer.
        local kept = string.format('%.0f', now + debts[i])
        redis.call('SET', key, kept, 'PX', math.ceil(debts[i] / 1000))
    end
end
return before
