"""The joint model on torch and transformers: encoder, heads, losses, and the bundle it is saved as."""
