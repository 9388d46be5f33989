"""The engine: what a batch is, what may be asked of it, and what then happens.

Pure and on the standard library alone. `decide` turns a command, the batch and the facts into
events or into every reason why not; `evolve` folds an event into the batch; `replay` folds a
history.
"""
