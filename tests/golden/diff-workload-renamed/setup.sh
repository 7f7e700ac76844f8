git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
mkdir chat && git mv workload.yaml plan.lock deploy chat
