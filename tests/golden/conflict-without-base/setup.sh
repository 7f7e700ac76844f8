git init --quiet --initial-branch=main
git add . && git commit --quiet --message "first plan"
git switch --quiet --create theirs
cp later/tp2.parquet measurements/3-theirs.parquet
neuralnav compile
git add . && git commit --quiet --message "new data; the choice is kept"
git switch --quiet main
cp later/other.parquet measurements/2-ours.parquet
neuralnav compile --upgrade
git add . && git commit --quiet --message "other data; the choice is upgraded"
if git merge theirs; then exit 1; fi
git add . && git merge --quit   # the merge base is lost, and what was merged
grep --quiet '<<<<<<<' plan.lock
