"""A small plant to try everything on: people, materials, equipment, recipes, a whole batch."""
