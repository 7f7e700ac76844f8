"""A language model as the engine of a draft: find.find_model -> consult.consult (asking -> checking) -> Reading.

`find` and `port` cost nothing to import; the rest is imported only when a model is asked.
"""
