"""Two runs side by side: their settings, their topics, and what these claim and rest on."""
