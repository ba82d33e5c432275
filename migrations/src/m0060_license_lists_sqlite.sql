-- As in PostgreSQL; here nothing is stored twice, and free data is looked at row by row.
ALTER TABLE licenses ADD COLUMN active_on text GENERATED ALWAYS AS (
  substr(max(created_at, coalesce(last_validated_at, ''), coalesce(last_check_in_at, ''), coalesce(last_check_out_at, '')), 1, 10)
) VIRTUAL;
ALTER TABLE licenses ADD COLUMN machines_tier bigint GENERATED ALWAYS AS (
  CASE WHEN machines_count < 1 THEN 0 WHEN machines_count < 2 THEN 1 WHEN machines_count < 4 THEN 2
    WHEN machines_count < 8 THEN 3 WHEN machines_count < 16 THEN 4 WHEN machines_count < 64 THEN 5
    WHEN machines_count < 256 THEN 6 WHEN machines_count < 4096 THEN 7 ELSE 8 END
) VIRTUAL;
