git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's/default: \[llama\]/default: [llama, qwen3]/' policies/guardrails.yaml
