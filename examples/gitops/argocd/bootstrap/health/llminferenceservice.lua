-- Health of a KServe LLMInferenceService.
--
-- While weights load, MainWorkloadReady, WorkloadsReady and Ready are False with the Deployment's own reason: False
-- alone is no failure. What the controller retries by itself (reasons Reconcile...Error) is progress, too; the reasons
-- below need a change in git or in the cluster. They may stand beside a Ready that is Unknown.
-- No string library: Argo CD does not open it for scripts of argocd-cm.

local fatal = {
  CombineBaseError = true, -- the presets do not merge with the spec
  ConfigNotFound = true, -- an LLMInferenceServiceConfig that is named does not exist
  ScalingCRDNotFound = true, -- KEDA, or the workload variant autoscaler, is not installed
  RefsInvalid = true, -- a gateway, route or pool that is named does not exist
  ProgressDeadlineExceeded = true, -- the pods do not come up
}

local function told(condition)
  local text = condition.type .. " is " .. condition.status
  if condition.reason ~= nil and condition.reason ~= "" then
    text = text .. " (" .. condition.reason .. ")"
  end
  if condition.message ~= nil and condition.message ~= "" then
    text = text .. ": " .. condition.message
  end
  return text
end

if obj.metadata.deletionTimestamp ~= nil then
  return { status = "Progressing", message = "Being deleted" }
end
if obj.status == nil or obj.status.conditions == nil then
  return { status = "Progressing", message = "Not seen by KServe yet" }
end
if obj.status.observedGeneration ~= nil and obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "The last change is not seen by KServe yet" }
end

local ready, stopped, failure = nil, false, nil
local waiting = {}
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Ready" then
    ready = condition.status
  elseif condition.status ~= "True" then
    waiting[#waiting + 1] = told(condition)
    stopped = stopped or condition.reason == "Stopped"
    if condition.status == "False" and fatal[condition.reason] and failure == nil then
      failure = told(condition)
    end
  end
end

if stopped then
  return { status = "Suspended", message = "Stopped by its annotation" }
end
if ready == "True" then
  return { status = "Healthy", message = "Ready" }
end
if failure ~= nil then
  return { status = "Degraded", message = failure }
end
if #waiting == 0 then
  waiting[1] = "Ready is " .. (ready or "not told yet")
end
return { status = "Progressing", message = table.concat(waiting, "; ") }
