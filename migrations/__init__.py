"""The database's own history: what changed in its shape, in order, each an act in the ledger."""
