"""Working with referrals: lists of what waits, the page of one referral, and each act as a form."""
