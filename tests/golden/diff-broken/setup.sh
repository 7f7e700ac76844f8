git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
sed -i 's/users: 14000/userz: 14000/' workload.yaml
