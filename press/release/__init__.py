"""Release: one folder with all that a publisher hands on, or every reason why there is none yet."""
