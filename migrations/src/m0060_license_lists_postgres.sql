-- The last day on which a license showed life, and how many machines it has, roughly. Both are
-- coarse on purpose: a validation or an activation seldom changes them, and an update that changes
-- no indexed column touches no index (HOT). The exact columns decide, these find the rows.
ALTER TABLE licenses
  ADD COLUMN active_on date NOT NULL GENERATED ALWAYS AS (
    (greatest(created_at, last_validated_at, last_check_in_at, last_check_out_at) AT TIME ZONE 'UTC')::date
  ) STORED,
  ADD COLUMN machines_tier bigint NOT NULL GENERATED ALWAYS AS (
    CASE WHEN machines_count < 1 THEN 0 WHEN machines_count < 2 THEN 1 WHEN machines_count < 4 THEN 2
      WHEN machines_count < 8 THEN 3 WHEN machines_count < 16 THEN 4 WHEN machines_count < 64 THEN 5
      WHEN machines_count < 256 THEN 6 WHEN machines_count < 4096 THEN 7 ELSE 8 END
  ) STORED;

CREATE INDEX licenses_by_metadata ON licenses USING gin (metadata jsonb_path_ops);
