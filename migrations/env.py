"""Where Alembic meets the database: on the connection that `migrations.apply` has opened."""

from alembic import context

from ebr.kernel import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table_schema="audit",
    include_schemas=True,
)
with context.begin_transaction():
    context.run_migrations()
