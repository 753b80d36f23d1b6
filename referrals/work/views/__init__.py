"""The views of the work with referrals."""
