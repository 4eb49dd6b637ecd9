"""What comes in from other people's files, and what goes out as the source documents' files (REG-8, REG-11)."""
