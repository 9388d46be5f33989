"""The ledger: what was done, by whom, in which order, so that a stranger can check it."""
