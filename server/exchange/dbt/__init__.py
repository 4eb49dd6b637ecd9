"""dbt manifests: the models, seeds and snapshots of a project, and what they are made from (REG-11)."""
