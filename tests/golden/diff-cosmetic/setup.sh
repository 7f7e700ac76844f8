git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's/useCase/# what it is for\n  useCase/' workload.yaml
