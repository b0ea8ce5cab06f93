"""The page that sets options side by side."""
