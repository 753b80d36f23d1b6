"""The check of an extract folder: every file is read and judged before anything is loaded."""
