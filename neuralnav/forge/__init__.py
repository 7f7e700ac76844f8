"""The only client of GitHub and GitLab: one comment on a pull request, one issue, the artifacts of a run."""
