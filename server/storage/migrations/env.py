"""Runs migrations on the connection that the program has open, within its transaction."""

from alembic import context

from server.storage.schema import VERSION_TABLE
from server.storage.tables import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
