"""What the shop floor's pages show: views put together and put into words, nothing decided."""
