"""The web application; ``create_app`` is the composition root."""
