-- What wrk sends on one hot path: `wrk -s hot_paths.lua URL -- PATH MACHINES PER_LICENSE RUN`.
-- Ids and keys are made from numbers the way the seeded ones were.

local JSON = "application/vnd.api+json"
local path, machines, per_license, run
local sent, thread = 0, 0

local function license_of(machine)
  return math.floor((machine - 1) / per_license) + 1
end

local function key_of(license)
  return string.format("BENCH-%012d", license)
end

local function headers(license)
  return {
    ["Authorization"] = "License " .. key_of(license),
    ["Accept"] = JSON,
    ["Content-Type"] = JSON,
  }
end

local paths = {}

function paths.hello()
  return wrk.format("GET", "/livez")
end

function paths.validate()
  local key = key_of(license_of(math.random(machines)))
  local head = { ["Accept"] = JSON, ["Content-Type"] = JSON }
  return wrk.format("POST", "/v1/licenses/actions/validate-key", head, '{"meta":{"key":"' .. key .. '"}}')
end

function paths.ping()
  local machine = math.random(machines)
  local url = string.format("/v1/machines/01900002-0000-7000-8000-%012x/actions/ping", machine)
  return wrk.format("POST", url, headers(license_of(machine)))
end

function paths.activate()
  local license = license_of(math.random(machines))
  sent = sent + 1
  local body = string.format(
    '{"data":{"type":"machines","attributes":{"fingerprint":"%s-%d-%d"},' ..
    '"relationships":{"license":{"data":{"type":"licenses","id":"01900001-0000-7000-8000-%012x"}}}}}',
    run, thread, sent, license)
  return wrk.format("POST", "/v1/machines", headers(license), body)
end

local threads = 0
function setup(it)
  threads = threads + 1
  it:set("number", threads)
end

function init(args)
  path, machines, per_license, run = args[1], tonumber(args[2]), tonumber(args[3]), args[4]
  thread = number
  math.randomseed(os.time() + 7919 * number)
  request = paths[path]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"refused":%d,"broken":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
