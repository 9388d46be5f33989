"""Master recipes: their text, their versions, their approval."""
