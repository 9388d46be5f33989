"""The shape of the database, in order, and the refusals that it makes by itself."""
