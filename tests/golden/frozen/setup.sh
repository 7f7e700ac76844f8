rm deploy/inferenceservice.yaml
echo 'not a table' > measurements/1-first.parquet
