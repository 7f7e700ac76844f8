rm deploy/inferenceservice.yaml
rm -r measurements
