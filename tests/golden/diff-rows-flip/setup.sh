git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
cp later/tp2.parquet measurements/2-second.parquet
