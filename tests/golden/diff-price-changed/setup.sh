git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's/capexUsd: 43800/capexUsd: 131400/' prices.yaml
