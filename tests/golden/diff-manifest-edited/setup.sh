git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's/minReplicas: .*/minReplicas: 0/' deploy/inferenceservice.yaml
