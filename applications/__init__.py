"""The application phase: the call, signalling, the dossier, its submission, eligibility, the award."""
