"""One contract for every gateway: what each misfortune of a call lets conclude about the money."""
