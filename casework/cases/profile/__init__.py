"""What is written down about a person: who they are, in their own words first."""
