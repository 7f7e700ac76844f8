git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
