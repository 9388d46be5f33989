-- Who may do what with the audit trail. Nobody but the owner's functions writes entries.
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA audit FROM PUBLIC;
GRANT USAGE ON SCHEMA audit TO batchline_app, batchline_sealer, batchline_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA audit TO batchline_app, batchline_sealer, batchline_auditor;
GRANT SELECT ON SEQUENCE audit.entry_id TO batchline_app, batchline_sealer;
GRANT EXECUTE ON FUNCTION audit.append(text, bigint, text), audit.keep(bytea)
  TO batchline_app, batchline_sealer;
GRANT EXECUTE ON FUNCTION audit.hold(text) TO batchline_app;
GRANT EXECUTE ON FUNCTION audit.guard_findings()
  TO batchline_app, batchline_sealer, batchline_auditor;
GRANT EXECUTE ON FUNCTION audit.make_months(int), audit.forget_told() TO batchline_sealer;
GRANT INSERT ON audit.site_leaf, audit.tile, audit.sealing, audit.checkpoint TO batchline_sealer;
GRANT INSERT, UPDATE, DELETE ON audit.request, audit.attempt_pool, audit.cursor TO batchline_app;
