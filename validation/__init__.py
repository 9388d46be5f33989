"""The qualification pack: what must hold and how it is shown, judged from outside."""
