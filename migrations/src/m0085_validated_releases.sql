-- The checksum that a validation of the license found good last; its release is in "version".
ALTER TABLE licenses ADD COLUMN validated_checksum {text};

-- Validations that name a checksum look for its files.
CREATE INDEX release_artifacts_by_checksum ON release_artifacts (account_id, checksum)
  WHERE checksum IS NOT NULL;
