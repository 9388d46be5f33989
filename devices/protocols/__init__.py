"""What devices say and how they are asked: bytes in, messages out, no sockets."""
