"""The built-in reader: spans proposed by one small model.

``reader.TrainedReader`` takes ``Document`` records and gives a ``Reading`` of each: names, roles of
attributions, event triggers, statements. ``features`` makes the model's input, the same in training and
reading; ``spans`` is what comes of its scores.
"""
