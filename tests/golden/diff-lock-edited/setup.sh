git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's#candidate: qwen3-8b/fp8/h100/tp2#candidate: qwen3-8b/fp8/h100/tp1#' plan.lock
