"""The only client of Kubernetes and Prometheus: apply, status, probe, observe. Needs the extra `cluster`."""
