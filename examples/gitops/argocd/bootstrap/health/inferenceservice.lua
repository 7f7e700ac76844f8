-- Health of a KServe InferenceService in Standard mode.
--
-- KServe copies the state of the predictor's Deployment into the conditions. While weights load, PredictorReady and
-- Ready are False, so False alone is no failure: the model's state and a few reasons tell failing from loading.
-- observedGeneration is not read: KServe writes the Deployment's counter there (github.com/kserve/kserve/issues/6081).
-- No string library: Argo CD does not open it for scripts of argocd-cm.

local fatal = {
  ProgressDeadlineExceeded = true, -- the new pods of a rollout do not come up; older ones still serve
  FailedCreate = true, -- no pod may be created: quota, admission, service account
}
local broken = {
  BlockedByFailedLoad = true, -- the container failed, or restarts again and again
  InvalidSpec = true,
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

local ready, stopped, failure = nil, false, nil
local waiting = {}
for _, condition in ipairs(obj.status.conditions) do
  if condition.type == "Ready" then
    ready = condition.status
  elseif condition.type == "Stopped" then
    stopped = condition.status == "True"
  elseif condition.status ~= "True" then
    waiting[#waiting + 1] = told(condition)
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

local model = obj.status.modelStatus
if model ~= nil and broken[model.transitionStatus] then
  local last = model.lastFailureInfo
  local why = last ~= nil and (last.message or last.reason) or nil
  return { status = "Degraded", message = "Model is " .. model.transitionStatus .. (why and (": " .. why) or "") }
end
if failure ~= nil then
  return { status = "Degraded", message = failure }
end
if #waiting == 0 then
  waiting[1] = "Ready is " .. (ready or "not told yet")
end
return { status = "Progressing", message = table.concat(waiting, "; ") }
