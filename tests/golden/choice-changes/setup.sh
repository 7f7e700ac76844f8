cp later/tp2.parquet measurements/2-second.parquet
