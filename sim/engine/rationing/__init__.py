"""What sources deal out when they hear of trouble, and what they can count on meanwhile."""
