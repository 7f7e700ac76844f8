sed -i 's/users: 20000/users: 60000/' workload.yaml
rm deploy/kustomization.yaml
