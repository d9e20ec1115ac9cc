-- After every run of the migrations, whether it applied any: who reads the archive may see how far its schema was brought.
grant select on knhk.flyway_schema_history to knhk_writer, knhk_auditor;
