"""What catalogs hold that is unverified, stale, inconsistent or missing."""
