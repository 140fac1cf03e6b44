"""E-mails: worded, addressed and handed over."""
