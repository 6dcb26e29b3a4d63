"""The pages that people read: made on the server, readable without scripts, in English and French."""
