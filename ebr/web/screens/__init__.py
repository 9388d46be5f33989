"""What the pages show: views put together and put into words, nothing decided."""
