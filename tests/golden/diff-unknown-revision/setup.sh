git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
git branch release-1
