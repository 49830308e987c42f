"""From plain Arabic text to the embedded encoder: preparation, tokenizer, masked-language training, probe, export."""
