"""The database: embedded or remote Postgres, studies, claims and leases, result tables."""
