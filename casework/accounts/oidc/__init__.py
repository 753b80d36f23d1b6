"""Signing in with a provider: a trust's own or CIS2 for staff, NHS login for people.

`tokens` judges what a provider signed, `client` talks to it, `flow` remembers in the session what
was asked for; whoever arrives is received by an entry of `arrivals`.
"""
