"""The demonstration: an invented network of services, and people whose histories tell what people
who use such services told researchers (Trevillion et al. 2022).

Everybody and everything in it is made up. The past is lived through day by day with the services
of the other apps (`life`), so that nothing stands in it that could not have happened; only the
people in the background are written in bulk. Refuses to run where DEMO is off.
"""
