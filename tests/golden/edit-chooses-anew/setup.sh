cp later/tp2.parquet measurements/2-second.parquet
sed -i 's/users: 14000/users: 14100/' workload.yaml
