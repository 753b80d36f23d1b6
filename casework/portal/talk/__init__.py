"""What passes between a person and their team: messages, news, three questions, a diary."""
