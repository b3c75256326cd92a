/** Milliseconds; no token is taken for longer, so nothing in the store is. */
const LONGEST_LIFE = 10 * 365 * 86_400_000;

/** What ends more than so many times later than asked for was not asked for: a clock was set back. */
const FAR = 10;

/**
 * Every step of the `TokenStore` contract as one Lua script on one key, which holds one account as
 * JSON. One key: atomic, whole in a Cluster, with one TTL. Redis' own clock tells the time.
 *
 * KEYS[1] the account; ARGV[1] the step; ARGV[2] its arguments as JSON. Answers with JSON.
 *
 * @internal
 */
export const FLEET_SCRIPT = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local step, given = ARGV[1], cjson.decode(ARGV[2])

-- What anyone may have put there is nothing to rely on: only what has the right form and still lives
-- is taken over; all else, a key of another type too, is replaced.
local text = redis.pcall('GET', KEYS[1])
local known, found = pcall(cjson.decode, type(text) == 'string' and text or '{}')
local function object(value) return type(value) == 'table' and value or {} end
local function moment(value)
  return type(value) == 'number' and value >= 0 and value - now <= ${LONGEST_LIFE}
end
local function sound(entry, name)
  return type(entry) == 'table' and type(entry.sealed) == 'string' and type(name) == 'string'
    and moment(entry.expiresAt) and entry.expiresAt > now
end
local function pending(entry, name)
  return type(entry) == 'table' and type(entry[name]) == 'string'
    and moment(entry['until']) and entry['until'] > now and entry or nil
end
found = known and object(found) or {}
local state = {
  token = sound(found.token, object(found.token).id) and found.token or nil,
  lease = pending(found.lease, 'member'),
  pause = pending(found.pause, 'code'),
  lost = pending(found.lost, 'kind'),
  members = {},
  retired = {}
}
-- While members that were lost sight of are expected back: how many there were, how many are.
if state.lost and not (moment(state.lost.total) and moment(state.lost.back)) then state.lost = nil end
for member, lapse in pairs(object(found.members)) do
  if type(member) == 'string' and moment(lapse) and lapse > now then state.members[member] = lapse end
end
for id, entry in pairs(object(found.retired)) do
  if sound(entry, id) and moment(entry.dueAt) and moment(entry.claimedUntil) then
    if not moment(entry.delay) then entry.delay = nil end
    state.retired[id] = entry
  end
end

local function retire(token, dueAt, delay)
  state.retired[token.id] = {
    sealed = token.sealed, expiresAt = token.expiresAt, dueAt = dueAt, claimedUntil = 0, delay = delay
  }
end
local function away()
  return state.lost and math.max(0, state.lost.total - state.lost.back) or 0
end
local function living()
  local count = away()
  for _ in pairs(state.members) do count = count + 1 end
  return count
end
local function alone()
  if away() > 0 then return false end
  for member in pairs(state.members) do if member ~= given.member then return false end end
  return true
end
local function release()
  local leading = state.lease and state.lease.member == given.member
  if leading then state.lease = nil end
  return leading
end
local granted, forgotten, claimed = false, false, {}

if step == 'beat' or step == 'lease' then
  forgotten = given.known > 0 and not state.members[given.member]
  state.members[given.member] = now + given.lapse
  if forgotten then
    local lost = state.lost or { total = 0, back = living() - 1, ['until'] = 0 }
    state.lost = {
      kind = 'lost', total = math.max(lost.total, given.known), back = lost.back + 1,
      ['until'] = math.max(lost['until'], now + given.lapse)
    }
  end
end
if step == 'lease' then
  local far = state.lease and state.lease['until'] - now > ${FAR} * given.duration
  if (far or not state.lease) and not state.pause then
    state.lease = { member = given.member, ['until'] = now + given.duration }
    granted = true
  end
elseif step == 'release' then
  release()
elseif step == 'publish' then
  local leading = release()
  -- Counted from when it was told of: a step may have been on its way for long.
  local asOf = math.min(given.asOf or now, now)
  local entry = { id = given.id, sealed = given.sealed, expiresAt = asOf + given.remaining }
  local other = state.token and state.token.id ~= given.id
  if entry.expiresAt <= now then
    -- It has expired on its way.
  elseif given.superseded then
    if state.token and state.token.id == entry.id or state.retired[entry.id] then
      -- Known: in use, or to be revoked.
    elseif state.token then
      retire(entry, now + given.delay)
    else
      retire(entry, now, given.delay)
    end
  elseif not leading and state.retired[given.id] then
    -- Retired or revoked already: only the server's own answer to the leader can bring it back.
  elseif other and not leading then
    retire(entry, now + given.delay)
  else
    if other then retire(state.token, now + given.delay) end
    state.retired[given.id] = nil
    state.token = entry
    state.pause = nil
    for _, old in pairs(state.retired) do
      if old.delay then old.dueAt = now + old.delay end
      old.delay = nil
    end
  end
elseif step == 'coolDown' then
  if release() then
    state.pause = { code = given.code, ['until'] = now + given.remaining }
  end
elseif step == 'invalidate' then
  if state.token and state.token.id == given.id then
    retire(state.token, now, given.delay)
    state.token = nil
  end
elseif step == 'leave' then
  state.members[given.member] = nil
  release()
  if living() == 0 then
    if state.token then retire(state.token, now) end
    state.token = nil
    for _, entry in pairs(state.retired) do
      entry.dueAt = now
      entry.claimedUntil = 0
    end
  end
elseif step == 'claim' then
  for id, entry in pairs(state.retired) do
    local due = entry.dueAt <= now and entry.claimedUntil <= now
    if due and not entry.settled and (not entry.delay or alone()) then
      entry.claimedUntil = now + given.hold
      claimed[#claimed + 1] = {
        id = id, sealed = entry.sealed, remaining = entry.expiresAt - now
      }
    end
  end
elseif step == 'settle' then
  -- What is left tells members who still hold it that it is not to be shared again.
  local entry = state.retired[given.id]
  if entry then
    entry.settled = true
    entry.sealed = ''
  end
end
if living() == 0 then
  for id, entry in pairs(state.retired) do
    if entry.settled then state.retired[id] = nil end
  end
end

local last = 0
local function stretch(moment) if moment > last then last = moment end end
if state.token then stretch(state.token.expiresAt) end
if state.lease then stretch(state.lease['until']) end
if state.pause then stretch(state.pause['until']) end
if state.lost then stretch(state.lost['until']) end
for _, lapse in pairs(state.members) do stretch(lapse) end
for _, entry in pairs(state.retired) do stretch(entry.expiresAt) end
if last <= now then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], cjson.encode(state), 'PX', math.ceil(last - now))
end

local answer = { now = now, members = living(), granted = granted, forgotten = forgotten }
if #claimed > 0 then answer.claimed = claimed end
if state.token then
  answer.token = {
    id = state.token.id, sealed = state.token.sealed, remaining = state.token.expiresAt - now
  }
end
if state.pause then
  answer.coolDown = { code = state.pause.code, remaining = state.pause['until'] - now }
end
return cjson.encode(answer)
`;
