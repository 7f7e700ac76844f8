git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
mkdir -p search && sed 's/support-chat/search-assist/; s/14000/2000/' workload.yaml >search/workload.yaml
