/**
 * Read and compare-and-set of one document, which is a hash of its text and its version. Redis' own clock
 * tells the time.
 *
 * KEYS[1] the key; ARGV[1] `read` or `swap`; ARGV[2] the expected version; ARGV[3] to ARGV[5] the next text,
 * its version and its time to live in milliseconds, all empty to delete. An empty version is none. Answers
 * with swapped (1 or 0), text, version and now; the text and the version that it was given are not sent back.
 *
 * @internal
 */
export const SWAP_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then redis.call('DEL', KEYS[1]) end
local found = redis.call('HMGET', KEYS[1], 'document', 'version')
local document, version = found[1] or '', found[2] or ''
if ARGV[1] == 'read' or version ~= ARGV[2] then return { 0, document, version, now } end
redis.call('DEL', KEYS[1])
if ARGV[4] == '' then return { 1, '', '', now } end
redis.call('HSET', KEYS[1], 'document', ARGV[3], 'version', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { 1, '', '', now }
`;
