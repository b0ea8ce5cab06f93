"""What may be concluded from many draws."""
