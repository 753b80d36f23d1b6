"""Who is with whom: naming, handing over, covering, leaving, and staying in touch when well."""
