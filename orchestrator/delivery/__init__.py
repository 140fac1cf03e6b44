"""Finished drafts out: documents, charges, refunds and e-mails, by workers that claim them."""
