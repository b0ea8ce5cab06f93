"""Who gets what: dispatch, reserves and claims on them, transfers, and the trust between parties."""
