"""What every command leaves behind: names, files and folders that are told from those of others."""
