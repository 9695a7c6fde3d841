-- What wrk(1) sends for the HTTP benchmark, and the line of figures that it prints at its end.
--   wrk -s http_load.lua ... URL -- DEPTH BODY PATH ...
-- DEPTH requests leave at once on each connection; each has BODY bytes behind its head. Of several
-- paths, one after the other is asked for, whatever connection is next.

function init(args)
  local depth = tonumber(args[1])
  local body = tonumber(args[2])
  if body > 0 then
    wrk.method = "POST"
    wrk.body = string.rep("x", body)
  end
  if depth > 1 then
    local all = string.rep(wrk.format(), depth)
    request = function()
      return all
    end
  end
  if #args > 3 then
    local all = {}
    for i = 3, #args do
      all[#all + 1] = wrk.format(nil, args[i])
    end
    local last = 0
    request = function()
      last = last % #all + 1
      return all[last]
    end
  end
end

-- result REQUESTS NANOS P50 P99 ERRORS: latencies in nanoseconds, wrk counts microseconds.
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format("result %d %d %d %d %d\n", summary.requests, summary.duration * 1000,
    latency:percentile(50) * 1000, latency:percentile(99) * 1000,
    e.connect + e.read + e.write + e.status + e.timeout))
end
