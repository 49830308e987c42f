"""From plain text to the embedded encoder: preparation, tokenizer, masked-language training, probe, export."""
