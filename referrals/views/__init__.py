"""Pages that are about referrals and belong to none of the areas of work."""
