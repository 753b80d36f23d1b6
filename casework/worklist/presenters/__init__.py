"""What the home page, the lists of people and the team's page show."""
