"""unit (no database), integration, browser (stories in Chromium), meta (about the code itself)."""
