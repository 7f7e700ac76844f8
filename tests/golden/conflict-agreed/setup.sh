git init --quiet --initial-branch=main
git add . && git commit --quiet --message 'first plan'
git switch --quiet --create theirs
sed -i 's/namespace: llm-prod/namespace: llm-stage/' workload.yaml
neuralnav compile && git commit --quiet --all --message 'another namespace'
git switch --quiet main
sed -i 's/users: 14000/users: 15000/' workload.yaml
neuralnav compile && git commit --quiet --all --message 'more users'
if git merge theirs; then exit 1; fi
grep --quiet '<<<<<<<' plan.lock
