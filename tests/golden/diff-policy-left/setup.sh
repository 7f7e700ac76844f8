sed -i 's|guardrails.yaml}|guardrails.yaml, environments: [prod]}|' neuralnav.yaml
sed -i 's/  name: support-chat/  name: support-chat\n  labels: {env: prod}/' workload.yaml
neuralnav compile
git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's/env: prod/env: dev/' workload.yaml
