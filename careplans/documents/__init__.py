"""What a plan looks like on paper, and letters that are written from it."""
