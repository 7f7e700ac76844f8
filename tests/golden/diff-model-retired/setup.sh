git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
cat >>neuralnav.yaml <<'END'
  catalogs: [later/models.yaml]
END
