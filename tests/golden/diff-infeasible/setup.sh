git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's/  constraints:/  slo: {ttft: 1ms}\n  constraints:/' workload.yaml
