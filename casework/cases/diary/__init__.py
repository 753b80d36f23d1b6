"""The diary: meetings are booked, recorded and put right."""
