"""What a result claims, sentence by sentence, and whether its sources carry it; pure Python."""
