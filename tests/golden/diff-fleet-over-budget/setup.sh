neuralnav compile
git init --quiet --initial-branch=main
git add . && git commit --quiet --message "two services of one team"
sed -i 's/users: 20000/users: 80000/' search/workload.yaml
neuralnav compile search
