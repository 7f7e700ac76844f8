git init --quiet --initial-branch=main
git add . && git commit --quiet --message "the plan"
mv later policies
cat >>neuralnav.yaml <<'END'
  policies: [{path: policies/guardrails.yaml}]
END
