//! The moves of a job in Redis, each a script, so that none is ever seen half done.
//!
//! `KEYS[1]` is the prefix of a queue's keys; under it:
//! - `waiting`, `running`, `dead`: sorted sets of ids by due time, lease end, time of death;
//! - `job:ID`: the job; `unique:KEY`: the id of the job that holds the key; `ids`: a counter.
//!
//! Times are microseconds and stay text: Lua would round them. Every script is O(log n) a job
//! in the depth of the queue, and none touches more than it was given or limited to.

use std::sync::LazyLock;

use redis::Script;

/// The arguments of one job, in order, for [`ENQUEUE`].
pub(super) const JOB_ARGS: usize = 7;

/// `KEYS[2]` is the set of queues and `ARGV[1]` the name of this one; then a job's id (or
/// nothing, for a new one), kind, version, payload, unique key, due time and attempts allowed.
/// Returns how many were new.
pub(super) static ENQUEUE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
redis.call('SADD', KEYS[2], ARGV[1])
local added = 0
for i = 2, #ARGV, 7 do
  local id, unique = ARGV[i], ARGV[i + 4]
  local fresh = true
  if id == '' then
    id = 'r' .. redis.call('INCR', q .. 'ids')
  else
    fresh = redis.call('EXISTS', q .. 'job:' .. id) == 0
  end
  if fresh and unique ~= '' then
    fresh = redis.call('SET', q .. 'unique:' .. unique, id, 'NX')
  end
  if fresh then
    redis.call('HSET', q .. 'job:' .. id, 'kind', ARGV[i + 1], 'v', ARGV[i + 2],
      'payload', ARGV[i + 3], 'unique', unique, 'max', ARGV[i + 6], 'attempt', 0)
    redis.call('ZADD', q .. 'waiting', ARGV[i + 5], id)
    added = added + 1
  end
end
return added",
    )
});

/// Now, lease end, limit, worker. Returns id, attempt, kind, version, payload, unique key and
/// attempts allowed of each.
pub(super) static CLAIM: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
local taken = {}
local due = redis.call('ZRANGEBYSCORE', q .. 'waiting', '-inf', ARGV[1], 'LIMIT', 0, ARGV[3])
for _, id in ipairs(due) do
  local key = q .. 'job:' .. id
  redis.call('ZREM', q .. 'waiting', id)
  local job = redis.call('HMGET', key, 'kind', 'v', 'payload', 'unique', 'max')
  if job[1] then
    local attempt = redis.call('HINCRBY', key, 'attempt', 1)
    redis.call('HSET', key, 'worker', ARGV[4])
    redis.call('ZADD', q .. 'running', ARGV[2], id)
    taken[#taken + 1] = { id, attempt, job[1], job[2], job[3], job[4], job[5] }
  end
end
return taken",
    )
});

/// Now; then id, attempt, outcome (`done`, `retry`, `dead`, `released`), due time and error of
/// each.
pub(super) static SETTLE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
local function free(key, id)
  local unique = redis.call('HGET', key, 'unique')
  if unique and unique ~= '' and redis.call('GET', q .. 'unique:' .. unique) == id then
    redis.call('DEL', q .. 'unique:' .. unique)
  end
end
for i = 2, #ARGV, 5 do
  local id, outcome = ARGV[i], ARGV[i + 2]
  local key = q .. 'job:' .. id
  if redis.call('ZSCORE', q .. 'running', id)
    and redis.call('HGET', key, 'attempt') == ARGV[i + 1] then
    redis.call('ZREM', q .. 'running', id)
    if ARGV[i + 4] ~= '' then redis.call('HSET', key, 'error', ARGV[i + 4]) end
    if outcome == 'done' then
      free(key, id)
      redis.call('DEL', key)
    elseif outcome == 'dead' then
      free(key, id)
      redis.call('ZADD', q .. 'dead', ARGV[1], id)
    else
      if outcome == 'released' then redis.call('HINCRBY', key, 'attempt', -1) end
      redis.call('HDEL', key, 'worker')
      redis.call('ZADD', q .. 'waiting', ARGV[i + 3], id)
    end
  end
end",
    )
});

/// Lease end; then id and attempt of each.
pub(super) static RENEW: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
for i = 2, #ARGV, 2 do
  if redis.call('HGET', q .. 'job:' .. ARGV[i], 'attempt') == ARGV[i + 1] then
    redis.call('ZADD', q .. 'running', 'XX', ARGV[1], ARGV[i])
  end
end",
    )
});

/// Now, limit, error. Returns how many jobs had lost their worker.
pub(super) static RECOVER: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
local lost = redis.call('ZRANGEBYSCORE', q .. 'running', '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(lost) do
  local key = q .. 'job:' .. id
  redis.call('ZREM', q .. 'running', id)
  local job = redis.call('HMGET', key, 'attempt', 'max', 'unique')
  if job[1] then
    redis.call('HSET', key, 'error', ARGV[3])
    redis.call('HDEL', key, 'worker')
    if tonumber(job[1]) >= tonumber(job[2]) then
      if job[3] ~= '' and redis.call('GET', q .. 'unique:' .. job[3]) == id then
        redis.call('DEL', q .. 'unique:' .. job[3])
      end
      redis.call('ZADD', q .. 'dead', ARGV[1], id)
    else
      redis.call('ZADD', q .. 'waiting', ARGV[1], id)
    end
  end
end
return #lost",
    )
});

/// Limit. Returns id, time of death, kind, payload, attempt and error of each, latest first.
pub(super) static DEAD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
local letters = {}
local dead = redis.call('ZREVRANGE', q .. 'dead', 0, ARGV[1] - 1, 'WITHSCORES')
for i = 1, #dead, 2 do
  local job = redis.call('HMGET', q .. 'job:' .. dead[i], 'kind', 'payload', 'attempt', 'error')
  if job[1] then
    letters[#letters + 1] = { dead[i], dead[i + 1], job[1], job[2], job[3], job[4] or '' }
  end
end
return letters",
    )
});

/// Id, now. Returns whether the dead letter lives again.
pub(super) static RETRY: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q, id = KEYS[1], ARGV[1]
local key = q .. 'job:' .. id
if not redis.call('ZSCORE', q .. 'dead', id) then return 0 end
local unique = redis.call('HGET', key, 'unique')
if unique and unique ~= '' and not redis.call('SET', q .. 'unique:' .. unique, id, 'NX') then
  return 0
end
redis.call('ZREM', q .. 'dead', id)
redis.call('HSET', key, 'attempt', 0)
redis.call('ZADD', q .. 'waiting', ARGV[2], id)
return 1",
    )
});

/// Id. Returns whether there was such a dead letter.
pub(super) static DROP: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
local gone = redis.call('ZREM', q .. 'dead', ARGV[1])
if gone == 1 then redis.call('DEL', q .. 'job:' .. ARGV[1]) end
return gone",
    )
});

/// Died before, limit. Returns how many went.
pub(super) static PRUNE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local q = KEYS[1]
local old = redis.call('ZRANGEBYSCORE', q .. 'dead', '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(old) do
  redis.call('ZREM', q .. 'dead', id)
  redis.call('DEL', q .. 'job:' .. id)
end
return #old",
    )
});

/// `KEYS[1]` is the key itself; now, when it expires, and in how many milliseconds Redis may
/// forget it. The asker's clock decides, as it does everywhere else.
pub(super) static ONCE: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
local held = redis.call('GET', KEYS[1])
if held and tonumber(held) > tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1",
    )
});
