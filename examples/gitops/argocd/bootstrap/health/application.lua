-- Health of an Application inside the app of apps. Argo CD ships none for it, and without one a wave of Applications
-- waits for nothing. A child that is not synced yet may still show the health of its last revision, so it must be synced.

local state = obj.status or {}
local health = state.health or {}
local sync = state.sync or {}
local operation = state.operationState or {}

if operation.phase == "Failed" or operation.phase == "Error" then
  return { status = "Degraded", message = operation.message or "The last sync failed" }
end
if operation.phase == "Running" or sync.status ~= "Synced" then
  return { status = "Progressing", message = operation.message or "Not synced yet" }
end
if health.status == nil or health.status == "Missing" then
  return { status = "Progressing", message = "Not assessed yet" }
end
return { status = health.status, message = health.message or "" }
