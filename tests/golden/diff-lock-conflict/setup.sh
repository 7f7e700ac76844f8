git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
git checkout --quiet -b side
sed -i 's/users: 14000/users: 60000/' workload.yaml
neuralnav compile && git commit --quiet --all --message "more users"
git checkout --quiet main
echo '  slo: {ttft: 25ms}' >>workload.yaml
neuralnav compile && git commit --quiet --all --message "a tighter SLO"
git checkout --quiet side
if git merge --quiet main; then exit 1; fi
if grep --quiet '^<<<<<<<' workload.yaml; then exit 1; fi
grep --quiet '^<<<<<<<' plan.lock
git commit --quiet --all --message "merged, the markers left in"
